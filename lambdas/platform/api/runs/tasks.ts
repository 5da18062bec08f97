import { ROUTES } from '../../../contracts/api/routes.ts';
import { asJson } from '../../../contracts/json.ts';
import type { AttemptView } from '../../../views/run-fold.ts';
import { openResult } from '../../../views/run-result.ts';
import type { TaskView } from '../../../views/run-view.ts';
import { ApiError, notFound } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import type { Handler } from '../call.ts';
import { cleanReport } from '../edge/clean.ts';
import { instant } from './answers.ts';
import { openRun } from './open-run.ts';

export const listTasks: Handler<'listTasks'> = async ({ caller, params, query }, ports) => {
  const { workflow_id } = params;
  const { view } = await openRun(caller, workflow_id, ROUTES.listTasks.access, ports);
  const { status, limit, after } = query;
  const from = after === undefined ? 0 : view.tasks.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && from === 0) throw notFound(`task ${after} in run ${workflow_id}`);
  const wanted = view.tasks.slice(from).filter((task) => status === undefined || task.status === status);
  const items = wanted.slice(0, limit).map((task) => taskSummary(workflow_id, task));
  return { status: 200, body: { items, more: wanted.length > items.length } };
};

export const getTask: Handler<'getTask'> = async ({ caller, params }, ports) => {
  const { workflow_id, task_id } = params;
  const { view } = await openRun(caller, workflow_id, ROUTES.getTask.access, ports);
  const task = view.tasks.find(({ id }) => id === task_id);
  if (!task) throw notFound(`task ${task_id} in run ${workflow_id}`);
  return { status: 200, body: await taskDetails(workflow_id, task, ports) };
};

export const getExecutedTask: Handler<'getExecutedTask'> = async ({ caller, params }, ports) => {
  const { view } = await openRun(caller, params.task_id, ROUTES.getExecutedTask.access, ports);
  const [task, ...others] = view.tasks.filter(({ owner }) => owner === undefined);
  if (task && others.length === 0) return { status: 200, body: await taskDetails(params.task_id, task, ports) };
  if (task) throw notFound(`single task in run ${params.task_id}: it has several`);
  throw new ApiError('conflict', 'the run has not begun yet', { code: 'not_begun' });
};

function taskSummary(workflow_id: string, task: TaskView) {
  const { id, type, status, attempt, agent, why, dependsOn, dispatchedAt, endedAt, durationMs } = task;
  const { nextAttemptAt, degraded, error, usage } = task;
  return {
    ...{ workflow_id, task_id: id, type, status, attempt, depends_on: [...dependsOn] },
    ...(agent !== undefined && { agent }),
    ...(why !== undefined && { selection: why }),
    ...(dispatchedAt !== undefined && { dispatched_at: instant(dispatchedAt) }),
    ...(endedAt !== undefined && { ended_at: instant(endedAt) }),
    ...(durationMs !== undefined && { duration_ms: durationMs }),
    ...(nextAttemptAt !== undefined && { next_attempt_at: instant(nextAttemptAt) }),
    ...(degraded !== undefined && { degraded }),
    ...(error && { error: cleanReport(error) }),
    ...(usage && { usage }),
  };
}

async function taskDetails(workflow_id: string, task: TaskView, { blobs }: ApiPorts) {
  const { input, result, on, until, attempts, turns } = task;
  return {
    ...taskSummary(workflow_id, task),
    ...(input !== undefined && { input }),
    ...(result && { result: await openResult(blobs, result) }),
    ...(on && { waits_for: asJson({ ...on, ...(until !== undefined && { until: instant(until) }) }) }),
    attempts: attempts.map(attemptOf),
    history: turns.map(({ at, what }) => ({ at: instant(at), what })),
  };
}

function attemptOf({ attempt, at, agent, why, probe, endedAt, outcome, error }: AttemptView) {
  return {
    ...{ attempt, at: instant(at) },
    ...(agent !== undefined && { agent }),
    ...(why !== undefined && { why }),
    ...(probe && { probe }),
    ...(endedAt !== undefined && { ended_at: instant(endedAt) }),
    ...(outcome !== undefined && { outcome }),
    ...(error && { error: cleanReport(error) }),
  };
}
