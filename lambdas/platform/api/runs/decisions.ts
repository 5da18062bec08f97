import { ROUTES } from '../../../contracts/api/routes.ts';
import { subjectOfAgent } from '../../../contracts/principal.ts';
import { inGroups } from '../../../views/in-groups.ts';
import { type OpenDecision, openDecisions } from '../../../views/open-decisions.ts';
import { readFurther } from '../../../views/read-fold.ts';
import { newFold, type RunFold } from '../../../views/run-fold.ts';
import { openResult } from '../../../views/run-result.ts';
import { hasEnded } from '../../../views/run-view.ts';
import { didYouMean } from '../../../workflow/definition.ts';
import { ApiError, notFound } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import type { Handler } from '../call.ts';
import { cleanReport } from '../edge/clean.ts';
import { instant, statusOf } from './answers.ts';
import { type OpenRun, openRun, requesterOf } from './open-run.ts';
import { eventOf, tellRun } from './tell.ts';

/** Runs looked at when none is named: the latest. */
const RUNS = 100;
/** Forks of forks that are looked at for who asked first. */
const GENERATIONS = 20;

export const listDecisions: Handler<'listDecisions'> = async ({ caller, query }, ports) => {
  const { access } = ROUTES.listDecisions;
  const { workflow_id } = query;
  const runIds = workflow_id === undefined ? await openRunsOf(caller.tenant, ports) : [workflow_id];
  const found = await inGroups(runIds, async (runId) => {
    const opening = openRun(caller, runId, access, ports);
    // A list leaves out what its reader may not see.
    const run = workflow_id === undefined ? await opening.catch(leaveOut) : await opening;
    return run ? Promise.all(openDecisions(run.view).map((open) => questionOf(run, open, ports))) : [];
  });
  return { status: 200, body: { items: found.flat() } };
};

function leaveOut(error: unknown): undefined {
  if (error instanceof ApiError && ['not_found', 'forbidden'].includes(error.problem)) return undefined;
  throw error;
}

async function openRunsOf(tenant: string, { runs }: ApiPorts): Promise<string[]> {
  const latest = await runs.list(tenant, RUNS);
  return latest.filter(({ status }) => status === 'running').map(({ runId }) => runId);
}

async function questionOf({ record, view }: OpenRun, open: OpenDecision, { blobs }: ApiPorts) {
  const { task, decision_id, question, options, to, since, until, shows, digest, error } = open;
  return {
    ...{ workflow_id: record.runId, workflow: view.workflow, task_id: task, decision_id, question },
    options: [...options],
    ...(to !== undefined && { to }),
    since: instant(since),
    ...(until !== undefined && { until: instant(until) }),
    ...(shows && { shows: await openResult(blobs, shows) }),
    ...(digest !== undefined && { digest }),
    ...(error && { error: cleanReport(error) }),
  };
}

export const decide: Handler<'decide'> = async ({ caller, params, body }, ports) => {
  const { workflow_id } = params;
  const { task_id, decision, decision_id, digest, comment, value } = body;
  const run = await openRun(caller, workflow_id, ROUTES.decide.access, ports, async (one) => ({
    decidedFor: await askersOf(one, task_id, ports),
    selfAllowed: lets(one, task_id),
  }));
  if (hasEnded(run.view))
    throw new ApiError('conflict', `the run is ${run.view.status} already`, { code: 'run_ended' });
  const open = openQuestion(run, task_id, decision_id);
  if (!open.options.includes(decision)) {
    const reason = `"${decision}" is none of the options: ${open.options.join(', ')}${didYouMean(decision, [...open.options])}`;
    throw new ApiError('unprocessable', reason, {
      code: 'unknown_option',
      extras: { errors: [{ field: 'body.decision', reason }], workflow_id },
    });
  }
  if (open.digest !== undefined && digest !== open.digest)
    throw new ApiError('conflict', 'the answer must repeat the digest of what was shown; look at the question again', {
      code: 'digest_mismatch',
      extras: { workflow_id },
    });
  const by = caller.principal.sub;
  const event = eventOf('decision_made', {
    ...{ workflow_id, task_id: open.task, decision, decision_id: open.decision_id, decided_by: by },
    ...(digest !== undefined && { digest }),
    ...(comment !== undefined && { comment }),
    ...(value !== undefined && { value }),
  });
  const after = await tellRun(
    run,
    event,
    ports,
    ({ decisions }) => decisions.some(({ id }) => id === open.decision_id),
    (refusal) => refusal.task === open.task && refusal.by === by && refusal.decision === decision,
  );
  if (!after) return { status: 202, body: { workflow_id, decision_id: open.decision_id } };
  const taken = after.fold.decisions.find(({ id }) => id === open.decision_id);
  if (taken && (taken.by !== by || taken.decision !== decision))
    throw new ApiError('conflict', `${taken.by} had decided "${taken.decision}" before`, { code: 'already_decided' });
  return { status: 200, body: statusOf(after) };
};

/** For whom it would be decided, beside who asked for the run: the agent that asks, and who asked for the runs it was forked from. */
async function askersOf(run: OpenRun, taskId: string, ports: ApiPorts): Promise<string[]> {
  const { view, fold } = run;
  const agents: string[] = [];
  const asked = questionAt(run, taskId)?.task ?? taskId;
  for (let task = view.tasks.find(({ id }) => id === asked); task; ) {
    if (task.agent !== undefined) agents.push(subjectOfAgent(task.agent));
    const { owner, parent } = task;
    task = view.tasks.find(({ id }) => id === (owner ?? parent));
  }
  return [...agents, ...(await forkedFrom(fold, ports))];
}

/** Who asked for the run it was forked from, for the one that was forked from, and so on. */
async function forkedFrom({ state }: RunFold, ports: ApiPorts): Promise<string[]> {
  const askers: string[] = [];
  let from = state.phase === 'new' ? undefined : state.fork?.from;
  for (let generation = 0; from !== undefined && generation < GENERATIONS; generation += 1) {
    const record = await ports.runs.get(from);
    // Runs of long ago are forgotten.
    if (!record) break;
    const fold = await readFurther(ports, newFold(from));
    const requester = requesterOf({ record, fold });
    if (requester !== undefined) askers.push(requester);
    from = fold.state.phase === 'new' ? undefined : fold.state.fork?.from;
  }
  return askers;
}

/** The definition says that whoever asked for the run may answer: nothing is approved by it. */
function lets(run: OpenRun, taskId: string): boolean {
  const { state } = run.fold;
  const open = questionAt(run, taskId);
  if (!open || open.error || state.phase === 'new') return false;
  return state.tasks[state.indexOf.get(open.task) ?? -1]?.definition.ask?.self === true;
}

function questionAt({ view }: OpenRun, taskId: string): OpenDecision | undefined {
  const asked = openDecisions(view);
  return asked.find(({ task }) => task === taskId) ?? asked.find(({ task }) => task.startsWith(`${taskId}..`));
}

function openQuestion(run: OpenRun, taskId: string, decisionId: string | undefined): OpenDecision {
  const { view, record } = run;
  const open = questionAt(run, taskId);
  if (open && (decisionId === undefined || open.decision_id === decisionId)) return open;
  if (!open && !view.tasks.some(({ id }) => id === taskId)) throw notFound(`task ${taskId} in run ${record.runId}`);
  const names = openDecisions(view).map(({ task }) => task);
  const waiting = names.length > 0 ? `; these do: ${names.join(', ')}` : '';
  throw new ApiError('conflict', `task "${taskId}" asks nothing${waiting}`, {
    code: 'nothing_asked',
    extras: { workflow_id: record.runId },
  });
}
