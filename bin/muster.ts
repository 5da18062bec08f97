import { Argument, Command, CommanderError } from 'commander';
import { explain, Interrupted } from './cli-error.ts';

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
const globals = () => program.opts<GlobalOptions>();

program
  .command('start')
  .description('the whole demo: bring up the local cloud, run etl.flight-mart, show it live')
  .option('--once', 'end after the run: 0 when it succeeded, 1 otherwise')
  .action(async (options) => (await import('./commands/start.ts')).start(options));

program
  .command('up')
  .description('bring up the local cloud in the background')
  .option('--foreground', 'stay in the foreground, until Ctrl-C')
  .action(async (options) => (await import('./commands/up.ts')).up(options));

program
  .command('down')
  .description('stop the local cloud')
  .option('--wipe', 'also remove its data')
  .action(async (options) => (await import('./commands/down.ts')).down(options));

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
  .argument('<run>', 'run id, or the beginning of one')
  .description('each task of a run: state, agent, attempts, what it waits for')
  .option('--why', 'why each agent was chosen, and how every attempt ended')
  .option('--all', 'each task of a forEach by itself')
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/status.ts')).status(id, options, globals()));

program
  .command('watch')
  .argument('<run>')
  .description('follow a run to its end')
  .option('--all', 'each task of a forEach by itself')
  .action(async (id, options) => (await import('./commands/watch.ts')).watch(id, options, globals()));

program
  .command('result')
  .argument('<run>')
  .description("a run's result as JSON")
  .action(async (id) => (await import('./commands/result.ts')).result(id, globals()));

program
  .command('logs')
  .argument('<run>')
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
  .argument('<agent>')
  .addArgument(new Argument('<state>').choices(['ready', 'maintenance', 'quarantined']))
  .description('take an agent out of the pool, or put it back')
  .requiredOption('--reason <text>', 'why, for whoever looks at it next')
  .option('--as <name>', 'who you are; default: the user of this machine')
  .action(async (name, state, options) =>
    (await import('./commands/set-agent.ts')).setAgent(name, state, options, globals()),
  );

program
  .command('workflows')
  .description('the registered workflows')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/workflows.ts')).workflows(options, globals()));

program
  .command('runs')
  .description('the latest runs')
  .option('--tenant <name>', 'whose runs')
  .option('--limit <n>', 'how many', '20')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/runs.ts')).runs(options, globals()));

program
  .command('parked')
  .description('messages that were given up on and wait for repair')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/parked.ts')).parked(options, globals()));

program
  .command('cancel')
  .argument('<run>')
  .description('stop a run')
  .option('--reason <text>', 'why', 'cancelled from the command line')
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
  .argument('<run>')
  .argument('<task>')
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

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    process.stderr.write(`${explain(error, globals().debug ?? false)}\n`);
    process.exitCode = error instanceof Interrupted ? 130 : 1;
  }
}
