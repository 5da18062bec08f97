import { Argument, Command, CommanderError, Option } from 'commander';
import { explain, Interrupted } from './cli-error.ts';
import { several } from './commands/several.ts';

/*
 * Commands are loaded when they are called: `muster status` need not wait for what `muster start` needs.
 */
const program = new Command('muster')
  .description('Fleets of cooperating agents in your own AWS account, and on this machine.')
  .option('--stage <name>', 'a deployment in AWS instead of the local cloud, such as "dev"')
  .option('--debug', 'show stack traces')
  .showHelpAfterError()
  .exitOverride();

interface GlobalOptions {
  readonly stage?: string;
  readonly debug?: boolean;
}
/** What a command is told of a run. */
const RUN = 'run id, or the beginning of one';
const globals = () => program.opts<GlobalOptions>();
const SYSTEMS_OPTION = 'deploy only these, with commas between them: etl, maintenance, assistant, tasks; default: all';

program
  .command('start')
  .description('the whole demo: bring up the local cloud, run etl.flight-mart, show it live')
  .option('--once', 'end after the run: 0 when it succeeded, 1 otherwise')
  .option('--systems <names>', SYSTEMS_OPTION)
  .action(async (options) => (await import('./commands/start.ts')).start(options));

program
  .command('demo')
  .argument('<system>', 'etl, maintenance, assistant or tasks')
  .description("play one system's whole flow on real data, stage by stage")
  .option('--seed <n>', 'of everything random in it: the same seed, the same demo', '1')
  .action(async (system, options) => (await import('./commands/demo.ts')).demo(system, options, globals()));

const fleet = program
  .command('fleet')
  .description('play vehicles, their drivers and garages for the maintenance system')
  .option('--vehicles <n>', 'how many', '20')
  .option('--days <n>', 'days that are played after a month of history', '5')
  .option('--speed <x>', 'how much faster than real: 43200 is a day in two seconds', '43200')
  .option('--seed <n>', 'the same seed, the same vehicles', '1')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/fleet.ts')).fleet(options, globals()));

fleet
  .command('status')
  .description('vehicles at risk and why, bookings, and what waits for a person')
  .option('--json', 'print JSON')
  .action(async (_, command: Command) =>
    (await import('./commands/fleet.ts')).status(command.optsWithGlobals(), globals()),
  );

fleet
  .command('train')
  .description('train the failure models anew, from generated vehicles alone')
  .option('--check', 'only say whether the committed models are these')
  .action(async (options) => (await import('./commands/fleet.ts')).train(options));

program
  .command('up')
  .description('bring up the local cloud in the background')
  .option('--foreground', 'stay in the foreground, until Ctrl-C')
  .option('--systems <names>', SYSTEMS_OPTION)
  .action(async (options) => (await import('./commands/up.ts')).up(options));

program
  .command('down')
  .description('stop the local cloud')
  .option('--wipe', 'also remove its data')
  .action(async (options) => (await import('./commands/down.ts')).down(options));

program
  .command('model')
  .description('run a small real model on this machine, for agents of the local cloud')
  .option('--port <n>', 'where it listens; default: where the stage "local" looks for it')
  .action(async (options) => (await import('./commands/model.ts')).model(options));

program
  .command('run')
  .argument('<workflow>', 'such as etl.flight-mart; see "muster workflows"')
  .description('request a run on the bus')
  .option('--input <file>', 'JSON file with the input')
  .option('--request-id <id>', 'the same id is the same run; default: a fresh one')
  .option('--tenant <name>', 'whose run it is')
  .option('--priority <level>', 'low, normal, high or critical')
  .option('--wait', 'watch it to its end: 0 when it succeeded, 1 otherwise')
  .option('--json', 'print JSON')
  .action(async (workflow, options) => (await import('./commands/run.ts')).run(workflow, options, globals()));

program
  .command('status')
  .argument('<run>', RUN)
  .description('each task of a run: state, agent, attempts, what it waits for')
  .option('--why', 'why each agent was chosen, and how every attempt ended')
  .option('--all', 'each task of a forEach by itself, and all that tasks have delegated')
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/status.ts')).status(id, options, globals()));

program
  .command('watch')
  .argument('<run>', RUN)
  .description('follow a run to its end')
  .option('--all', 'each task of a forEach by itself, and all that tasks have delegated')
  .action(async (id, options) => (await import('./commands/watch.ts')).watch(id, options, globals()));

program
  .command('result')
  .argument('<run>', RUN)
  .description("a run's result as JSON")
  .action(async (id) => (await import('./commands/result.ts')).result(id, globals()));

program
  .command('logs')
  .argument('<run>', RUN)
  .description('what agents and platform logged about a run')
  .option('--json', 'the log lines as they are')
  .action(async (id, options) => (await import('./commands/logs.ts')).logs(id, options, globals()));

const agents = program
  .command('agents')
  .description('the registered agents: state, breaker, success and speed, what waits for them, what they can do')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/agents.ts')).agents(options, globals()));

agents
  .command('set')
  .argument('<agent>', 'its name')
  .addArgument(new Argument('<state>').choices(['ready', 'draining', 'maintenance', 'quarantined']))
  .description('take an agent out of the pool, or put it back')
  .requiredOption('--reason <text>', 'why, for whoever looks at it next')
  .option('--as <name>', 'who you are; default: the user of this machine')
  .action(async (name, state, options) =>
    (await import('./commands/set-agent.ts')).setAgent(name, state, options, globals()),
  );

agents
  .command('recover')
  .argument('<agent>', 'its name')
  .description('give an agent that had failed the messages that it has missed and that are still wanted')
  .option('--json', 'print JSON')
  .action(async (name, options) =>
    (await import('./commands/recover-agent.ts')).recoverAgent(name, options, globals()),
  );

agents
  .command('params')
  .argument('<agent>', 'its name')
  .argument('[name=value...]', 'what to set of it')
  .description('what can be set of an agent without a deploy, and what is; sets it, or goes back')
  .option('--reset <name>', 'take one back to its default; may be given several times', several)
  .option('--to <version>', 'go back to what this version said; 0: to the defaults')
  .option('--history', 'what was set before, by whom and why')
  .option('--reason <text>', 'why', '')
  .option('--as <name>', 'who you are; default: the user of this machine')
  .option('--json', 'print JSON')
  .action(async (name, assignments, _, command: Command) =>
    (await import('./commands/agent-params.ts')).agentParams(name, assignments, command.optsWithGlobals(), globals()),
  );

const token = program
  .command('token')
  .description('a token for the API, alone on standard output; who it is for goes to standard error')
  .option(
    '--role <role>',
    'viewer, operator, approver, admin, agent or orchestrator; may be given several times',
    several,
  )
  .option('--tenant <name>', 'whose data it is for; "*": the platform itself')
  .option('--as <name>', 'who it says you are: a name, service:NAME or agent:NAME; default: the user of this machine')
  .option('--hours <n>', 'how long it counts; default: 8')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/token.ts')).token(options, globals()));

token
  .command('rotate')
  .description('a new key for tokens, while those from before still count')
  .option('--at-once', 'now, for keys that somebody may have stolen: no token from before counts any longer')
  .action(async (options) => (await import('./commands/token.ts')).rotateTokenKeys(options, globals()));

token
  .command('revoke')
  .description('take back a token, or all that somebody has')
  .option('--id <id>', 'the id of the token')
  .option('--sub <name>', 'whose tokens, up to now')
  .option('--tenant <name>', 'of which tenant')
  .option('--as <name>', 'who you are; default: the user of this machine')
  .requiredOption('--reason <text>', 'why, for whoever reads the audit')
  .action(async (_, command: Command) =>
    (await import('./commands/token.ts')).revokeToken(command.optsWithGlobals(), globals()),
  );

program
  .command('alerts')
  .argument('[alert]', 'id of one, or the beginning: what was found')
  .description('who behaved out of the ordinary, and why that is thought so')
  .option('--tenant <name>', 'whose')
  .option('--limit <n>', 'the newest so many', '20')
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/alerts.ts')).alerts(id, options, globals()));

const tools = program.command('tools').description('tools that come from MCP servers');

tools
  .command('pin')
  .argument('<server>', 'as `mcp` of the configuration names it')
  .requiredOption('--lock <file>', 'where they are written down, beside the agent that uses them')
  .option(
    '--only <tool>',
    'this tool of the server; may be given several times; default: those in the file, else all',
    several,
  )
  .option('--effects <tool=class>', 'none, idempotent or outside; default: as before, else outside', several)
  .option('--privileged <tool>', 'it takes nothing that came from outside; may be given several times', several)
  .option('--url <url>', 'of the server, instead of the one in the configuration')
  .option('--token-from <variable>', 'the environment variable that holds its bearer token')
  .option('--check', 'write nothing; fail when something has changed')
  .option('--yes', 'agree to what has changed')
  .description('write down what tools of an MCP server say of themselves; calls of one that has changed are refused')
  .action(async (server, options) => (await import('./commands/tools.ts')).pinTools(server, options, globals()));

program
  .command('workflows')
  .description('the registered workflows')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/workflows.ts')).workflows(options, globals()));

program
  .command('runs')
  .description('the latest runs')
  .option('--tenant <name>', 'whose runs')
  .option('--limit <n>', 'how many; default: 20')
  .option('--causes', 'those that failed or have paused, by what stopped them')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/runs.ts')).runs(options, globals()));

program
  .command('costs')
  .argument('[run]', `${RUN}; default: the latest runs`)
  .description(
    'what runs have used of models and tools; of one run also what its budgets have spent, reserved and left',
  )
  .option('--tenant <name>', 'whose runs')
  .option('--limit <n>', 'how many; default: 20')
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/costs.ts')).costs(id, options, globals()));

program
  .command('queue')
  .description('what runs, waits, is throttled, paused or tried again, per limit and key, with the reason and when')
  .option('--tenant <name>', 'whose')
  .option('--name <name>', 'of this limit or workflow only')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/queue.ts')).queue(options, globals()));

const memory = program.command('memory').description('what agents remember');
const TENANT = ['--tenant <name>', 'whose memories; default: "default"'] as const;

memory
  .command('search')
  .argument('<text>', 'in plain words')
  .description('what agents would recall')
  .option('--pool <name>', 'of a shared pool only')
  .option('--agent <name>', 'of what an agent remembers for itself only')
  .option('--limit <n>', 'so many at most; default: 10')
  .option('--as-of <time>', 'what was valid then, such as 2026-05-03')
  .option(...TENANT)
  .option('--json', 'print JSON')
  .action(async (text, options) => (await import('./commands/memory.ts')).search(text, options, globals()));

memory
  .command('show')
  .argument('<entry>', 'its id, as "muster memory search" shows it')
  .description('an entry, where it comes from, and what it is linked to')
  .option(...TENANT)
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/memory.ts')).show(id, options, globals()));

memory
  .command('unlearn')
  .argument('<run>', RUN)
  .description('take away what came from a run; what it had superseded is valid again')
  .option(...TENANT)
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/memory.ts')).unlearn(id, options, globals()));

memory
  .command('forget')
  .description('erase a person, show what went, and that nothing is left')
  .requiredOption('--subject <name>', 'as agents have named the person')
  .option(...TENANT)
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/memory.ts')).forget(options, globals()));

const assistant = program.command('assistant').description('remembers what you import, and answers from it');
const AUDIENCE = new Option('--audience <who>', 'who is to see the answer; default: owner').choices([
  'owner',
  'trusted',
  'public',
]);

assistant
  .command('import')
  .argument(
    '<file>',
    'a chat of WhatsApp or Slack, a calendar (ICS), Markdown, JSON; a ZIP archive or a folder of them',
  )
  .description('remember what is in a file; the upload is deleted afterwards')
  .addOption(
    new Option('--format <name>', 'default: told from the file').choices([
      'whatsapp',
      'slack',
      'json',
      'markdown',
      'ics',
      'text',
    ]),
  )
  .option('--time-zone <name>', 'of times without one, such as Europe/Lisbon; default: of this machine')
  .addOption(new Option('--date-order <order>', 'default: told from the dates').choices(['day_first', 'month_first']))
  .addOption(AUDIENCE)
  .option('--json', 'print JSON')
  .action(async (file, options) => (await import('./commands/assistant.ts')).importFile(file, options, globals()));

assistant
  .command('ask')
  .argument('<question>', 'in plain words')
  .description('an answer from what is remembered, with what it stands on')
  .addOption(AUDIENCE)
  .option('--as-of <time>', 'what was known then, such as 2026-05-03')
  .option('--as <name>', 'who asks: the same name stays with the same version in an experiment')
  .option('--json', 'print JSON')
  .action(async (question, options) => (await import('./commands/assistant.ts')).ask(question, options, globals()));

assistant
  .command('status')
  .description('its agents: state, health, and grade over the last hour')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/assistant.ts')).status(options, globals()));

program
  .command('files')
  .description('files that task agents work on')
  .command('put')
  .argument('<file>', 'a text, CSV, JSON, Parquet or any other file, 100 MB at most')
  .description('upload a file; prints the key by which a task names it')
  .option('--tenant <name>', 'whose it is: only tasks of this tenant find it')
  .option('--json', 'print JSON')
  .action(async (file, options) => (await import('./commands/files.ts')).putFile(file, options, globals()));

const tenantsCommand = program
  .command('tenants')
  .description('the tenants of whom something is written: plan, limits and status')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/tenants.ts')).tenants(options, globals()));
const TENANT_NAME = ['<tenant>', 'its name'] as const;
const WHY = ['--reason <text>', 'why', ''] as const;
const WHO = ['--as <name>', 'who you are; default: the user of this machine'] as const;

tenantsCommand
  .command('show')
  .argument(...TENANT_NAME)
  .description('what counts for a tenant')
  .option('--look', 'also count all that there is of it; looks through everything')
  .option('--json', 'print JSON')
  .action(async (tenant, _, command: Command) =>
    (await import('./commands/tenants.ts')).showTenant(tenant, command.optsWithGlobals(), globals()),
  );

tenantsCommand
  .command('set')
  .argument(...TENANT_NAME)
  .description('change the plan of a tenant, its own limits, or suspend it')
  .option('--plan <name>', 'one of the plans of the deployment')
  .option(
    '--limit <name=number>',
    'over its plan, instead of those before; several times; "none": only its plan',
    several,
  )
  .addOption(new Option('--status <status>', 'a suspended one can only look').choices(['active', 'suspended']))
  .option(...WHY)
  .option(...WHO)
  .option('--json', 'print JSON')
  .action(async (tenant, _, command: Command) =>
    (await import('./commands/tenants.ts')).setTenant(tenant, command.optsWithGlobals(), globals()),
  );

tenantsCommand
  .command('export')
  .argument(...TENANT_NAME)
  .argument('<file>', 'such as acme.jsonl.gz')
  .description('write everything that there is of a tenant into a file')
  .option(...WHY)
  .option(...WHO)
  .option('--json', 'print JSON')
  .action(async (tenant, file, _, command: Command) =>
    (await import('./commands/tenants.ts')).exportTenant(tenant, file, command.optsWithGlobals(), globals()),
  );

tenantsCommand
  .command('erase')
  .argument(...TENANT_NAME)
  .description('erase a tenant, show what went, and that nothing is left')
  .option('--yes', 'really; without it, only what would go is shown')
  .option(...WHY)
  .option(...WHO)
  .option('--json', 'print JSON')
  .action(async (tenant, _, command: Command) =>
    (await import('./commands/tenants.ts')).eraseTenant(tenant, command.optsWithGlobals(), globals()),
  );

const parked = program
  .command('parked')
  .description('messages that were given up on and wait for repair, by cause')
  .option('--cause <cause>', 'those of one cause, one by one')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/parked.ts')).parked(options, globals()));

withEdits(parked.command('redrive'))
  .description('repair what a cause has stopped: its runs go on, what is of no run goes to its queue once more')
  .option('--cause <cause>', 'as "muster parked" or "muster runs --causes" shows it')
  .option('--reason <text>', 'why', '')
  .option('--as <name>', 'who you are; default: the user of this machine')
  // `parked` has taken what the two have in common.
  .action(async (_, command: Command) =>
    (await import('./commands/redrive.ts')).redrive(command.optsWithGlobals(), globals()),
  );

/** The options by which a run is changed before it goes on. */
function withEdits(command: Command): Command {
  return command
    .option('--input <json>', "instead of the run's input: JSON, or @file")
    .option('--task-input <task=json>', 'instead of the input of a task; may be given several times', several)
    .option(
      '--anew <task>',
      'begin a task anew, without what it remembers of its steps; may be given several times',
      several,
    )
    .option('--agent <task=name>', 'only this agent for a task; may be given several times', several)
    .option('--version <n>', 'of the definition')
    .option('--set <agent.param=value>', 'a parameter of an agent, for this run; may be given several times', several)
    .option('--parameters <agent=json>', 'several of them at once; may be given several times', several)
    .option('--edit <json>', 'all changes in one: JSON, or @file');
}

/** One run, a tenant or everything. */
function withScope(command: Command): Command {
  return command
    .option('--tenant <name>', 'all runs of a tenant; with a run: whose it is')
    .option('--all', 'the runs of all tenants')
    .option('--as <name>', 'who you are; default: the user of this machine');
}

withScope(program.command('pause').argument('[run]', RUN))
  .description(
    'begin nothing more of a run, of a tenant, or at all; what is under way finishes, or stops before its next call',
  )
  .option('--reason <text>', 'why', '')
  .action(async (id, options) => (await import('./commands/pause.ts')).pause(id, options, globals()));

withScope(program.command('stop').argument('[run]', RUN))
  .description('the stop button: a pause, also of an agent; work stops before its next call of a model or a tool')
  .option('--agent <name>', 'all that this agent does')
  .option('--reason <text>', 'why', '')
  .action(async (id, options) => (await import('./commands/stop.ts')).stop(id, options, globals()));

withScope(program.command('go').argument('[run]', RUN))
  .description('let go on what "muster stop" has stopped')
  .option('--agent <name>', 'all that this agent does')
  .option('--reason <text>', 'why', '')
  .action(async (id, options) => (await import('./commands/stop.ts')).go(id, options, globals()));

withEdits(withScope(program.command('resume').argument('[run]', RUN)))
  .description('let go on what has paused or failed, with changes if any are named; finished tasks are kept')
  .option('--stay-paused', 'only make the changes')
  .option(
    '--cause <cause>',
    'every run that a cause has stopped, as "muster runs --causes" or "muster parked" shows it',
  )
  .option('--reason <text>', 'why', '')
  .action(async (id, options) => (await import('./commands/resume.ts')).resume(id, options, globals()));

withScope(program.command('drain'))
  .description('let the runs of a tenant, or all, finish and take no new ones; "muster resume" ends it')
  .option('--reason <text>', 'why', '')
  .action(async (options) => (await import('./commands/drain.ts')).drain(options, globals()));

withScope(program.command('cancel').argument('[run]', RUN))
  .description('stop a run, or all of a tenant')
  .option('--reason <text>', 'why', 'cancelled from the command line')
  .option('--yes', 'really more than one')
  .action(async (id, options) => (await import('./commands/cancel.ts')).cancel(id, options, globals()));

program
  .command('signal')
  .argument('<run>', 'run_… or the beginning of it; anything else is the id of a request, whose run may not exist yet')
  .argument('<event>', 'such as payment_received')
  .description('send an event that a task of a run waits for, or will wait for')
  .option('--payload <json>', 'what the task answers with: JSON, or @file')
  .option('--key <text>', 'which of several waits is meant')
  .option('--event-id <id>', 'the same id counts once; default: a fresh one')
  .option('--tenant <name>', 'whose run it is')
  .option('--json', 'print JSON')
  .action(async (id, event, options) => (await import('./commands/signal.ts')).signal(id, event, options, globals()));

program
  .command('decisions')
  .description('the questions that tasks wait to have answered')
  .option('--run <run>', 'of this run; default: of all the latest that are running')
  .option('--tenant <name>', 'whose runs')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/decisions.ts')).decisions(options, globals()));

program
  .command('decide')
  .argument('<run>', RUN)
  .argument('<task>', 'its id, as "muster decisions" shows it')
  .argument('<decision>', 'one of the options that "muster decisions" shows')
  .description('answer the question of a task')
  .option('--comment <text>', 'why')
  .option('--value <json>', 'for "complete": what the task answers; JSON, or @file')
  .option('--as <name>', 'who you are; default: the user of this machine')
  .option('--tenant <name>', 'whose run it is')
  .action(async (id, task, decision, options) =>
    (await import('./commands/decide.ts')).decide(id, task, decision, options, globals()),
  );

program
  .command('replay')
  .argument('<run>', RUN)
  .description('rebuild the state of a run after an entry of its journal, and check it')
  .option('--at <n>', 'number of the entry; default: the last')
  .option('--entries', 'only say what happened in each entry up to there')
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/replay.ts')).replay(id, options, globals()));

program
  .command('fork')
  .argument('<run>', RUN)
  .description('a new run that begins where another stood, with changes if any are named')
  .option(
    '--at <n>',
    'after this entry of its journal, 0: from the beginning; default: the last that leaves something to do',
  )
  .addOption(
    new Option('--effects <how>', 'work with effects outside answers from the record, or is really done')
      .choices(['recorded', 'allowed'])
      .default('recorded'),
  )
  .option('--input <json>', "instead of the run's input: JSON, or @file")
  .option('--task-input <task=json>', 'instead of the input of a task; may be given several times', several)
  .option(
    '--anew <task>',
    'begin a task anew, without what it remembers of its steps; may be given several times',
    several,
  )
  .option('--agent <task=name>', 'only this agent for a task; may be given several times', several)
  .option('--version <n>', 'of the definition')
  .option('--parameters <agent=json>', 'of an agent, such as its model; may be given several times', several)
  .option('--edit <json>', 'all changes in one: JSON, or @file')
  .option('--request-id <id>', 'the same id is the same run; default: a fresh one')
  .option('--reason <text>', 'why', '')
  .option('--as <name>', 'who you are; default: the user of this machine')
  .option('--wait', 'watch it to its end: 0 when it succeeded, 1 otherwise')
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/fork.ts')).fork(id, options, globals()));

program
  .command('diff')
  .argument('<run>', RUN)
  .argument('<other>', RUN)
  .description('compare two runs, task by task')
  .option('--json', 'print JSON')
  .action(async (one, other, options) => (await import('./commands/diff.ts')).diff(one, other, options, globals()));

const events = program.command('events').description('what the platform said of runs, from their journals');

events
  .command('replay')
  .description('publish it again, marked as a replay: nothing acts on it')
  .option('--correlation <id>', 'of the runs with this correlation id')
  .option('--from <time>', 'since then, such as 2026-01-31T08:00Z')
  .option('--to <time>', 'until then; default: now')
  .option('--tenant <name>', 'whose runs')
  .option('--dry-run', 'only count it')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/events.ts')).replayEvents(options, globals()));

const audit = program.command('audit').description('what was noted for good: messages, decisions, security events');

audit
  .command('verify')
  .description('whether anything of it, or of the journals that it knows, was changed, moved, taken out or cut off')
  .option('--run <run>', 'only the journal of this run')
  .option('--chain <name>', "only this tenant's chain, and the platform's own")
  .option('--from <time>', 'objects written since then, such as 2026-01-31T08:00Z')
  .option('--to <time>', 'objects written until then')
  .option(
    '--known <head>',
    'CHAIN:NUMBER:HASH, as printed before and kept elsewhere; may be given several times',
    several,
  )
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/audit.ts')).verify(options, globals()));

audit
  .command('search')
  .description('everything that the audit has of a correlation')
  .requiredOption('--correlation <id>', 'as requests and runs name it')
  .option('--tenant <name>', 'whose')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/audit.ts')).search(options, globals()));

audit
  .command('messages')
  .description('the message log: who sent what to whom, and when')
  .option('--correlation <id>', 'as requests and runs name it; default: of the newest runs')
  .option('--tenant <name>', 'whose')
  .option('--limit <n>', 'lines', '100')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/audit.ts')).messages(options, globals()));

program
  .command('backup')
  .argument('<file>', 'such as state.jsonl.gz')
  .description('write the state of all runs, and what people have set, into a file')
  .option('--json', 'print JSON')
  .action(async (file, options) => (await import('./commands/backup.ts')).backup(file, options, globals()));

program
  .command('restore')
  .argument('<file>', 'as "muster backup" has written it')
  .description('write a backup into the state table of a deployment; its open runs go on')
  .option('--force', 'even if the table is not empty')
  .option('--json', 'print JSON')
  .action(async (file, options) => (await import('./commands/restore.ts')).restore(file, options, globals()));

program
  .command('figures')
  .description("the dashboard's main figures")
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/figures.ts')).figures(options, globals()));

program
  .command('query')
  .argument('<sql>', 'for example: "select count(*) from fact_flights"; "show tables" lists the tables')
  .description("SQL over the mart's Parquet files")
  .option('--mart <prefix>', 'where the mart lies in the data bucket', 'marts/flights')
  .option('--json', 'print JSON')
  .action(async (sql, options) => (await import('./commands/query.ts')).query(sql, options, globals()));

program
  .command('seed')
  .description("put the demo's CSV files into the data bucket (the local cloud has them)")
  .action(async () => (await import('./commands/seed.ts')).seed(globals()));

program
  .command('new')
  .argument('<what>', 'agent')
  .argument('<name>', 'in kebab-case')
  .description('write a new agent with its test')
  .option('--system <name>', 'the system it belongs to', 'etl')
  .action(async (what, name, options) => (await import('./commands/new-agent.ts')).newAgent(what, name, options));

// Whoever reads has seen enough, as in `muster runs | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    process.stderr.write(`${explain(error, globals().debug ?? false)}\n`);
    process.exitCode = error instanceof Interrupted ? 130 : 1;
  }
}
