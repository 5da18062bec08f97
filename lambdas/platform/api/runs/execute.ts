import { API_LIMITS } from '../../../contracts/api/common.ts';
import type { ExecuteRequest, ExecuteResponse } from '../../../contracts/api/execute.ts';
import type { BreakerState } from '../../../contracts/breaker.ts';
import type { ErrorReport } from '../../../contracts/errors.ts';
import { isInPool } from '../../../contracts/health.ts';
import type { Json, JsonObject } from '../../../contracts/json.ts';
import type { RegisteredAgent } from '../../../contracts/registry.ts';
import { readFurther } from '../../../views/read-fold.ts';
import { newFold } from '../../../views/run-fold.ts';
import { openResult } from '../../../views/run-result.ts';
import { hasEnded, type RunView, type TaskView, viewOf } from '../../../views/run-view.ts';
import { didYouMean } from '../../../workflow/definition.ts';
import { ApiError } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import type { Handler } from '../call.ts';
import { instant, linksOf } from './answers.ts';
import { askForRun, type Work } from './ask-for-run.ts';
import { until } from './until.ts';

/** The only task of such a run. */
const TASK = 'task';

/** The seed documents' request and response: one task, as a run of its own. */
export const executeTask: Handler<'executeTask'> = async ({ caller, headers, body }, ports) => {
  const giveUpAt = ports.clock.now() + 1_000 * Math.min(body.timeout, API_LIMITS.waitSeconds);
  const agents = await ports.registry.agents();
  const preference = headers['x-agent-preference'];
  const preferred = preference === undefined ? undefined : agentCalled(preference, agents);
  mustBeKnown(body.task_type, agents);
  const free = workOf(body);
  const pinned = preferred && workOf(body, preferred.name);
  const takes =
    preferred && canTake(preferred, body.task_type, (await ports.breakers.read()).get(preferred.name), ports);
  // Whether the one that was preferred was well at the time does not make another request of it.
  const works: readonly [Work, ...Work[]] = pinned ? (takes ? [pinned, free] : [free, pinned]) : [free];
  const { runId } = await askForRun(caller, works, ports);
  let fold = newFold(runId);
  await until(ports.clock, giveUpAt, async () => {
    fold = await readFurther(ports, fold);
    return hasEnded(viewOf(fold)) || undefined;
  });
  const view = viewOf(fold);
  const task = view.tasks.find(({ id }) => id === TASK);
  if (view.status === 'completed' && task) {
    const result = task.result ? await openResult(ports.blobs, task.result) : null;
    return { status: 200, body: { status: 200, data: dataOf(runId, task, agents, ports, result), error: null } };
  }
  if (hasEnded(view)) throw failureOf(view, runId);
  return {
    status: 202,
    body: {
      status: 202,
      data: { ...dataOf(runId, task, agents, ports, null), links: placesOf(runId) },
      error: null,
    },
    headers: { location: placesOf(runId).task, 'retry-after': '2' },
  };
};

const placesOf = (runId: string) => ({ status: linksOf(runId).status, task: `/api/v1/tasks/${runId}` });

/** The content travels as the run's input: no text in it is taken for an expression. */
function workOf({ task_type, content, priority, timeout, metadata }: ExecuteRequest, agent?: string): Work {
  return {
    workflow: `execute.${task_type}`.slice(0, 128),
    input: { content, ...(metadata && { metadata }) },
    priority,
    definition: {
      name: `execute.${task_type}`.slice(0, 128),
      tasks: [
        {
          ...{ id: TASK, type: task_type, input: '{% $input.content %}', timeoutSeconds: timeout, escalate: 'fail' },
          ...(agent !== undefined && { agent }),
        },
      ],
      ...{ timeoutSeconds: timeout, lifecycle: 'queue', events: 'workflow' },
    },
  };
}

function agentCalled(name: string, agents: readonly RegisteredAgent[]): RegisteredAgent {
  const found = agents.find((agent) => agent.name === name);
  if (found) return found;
  const names = agents.map((agent) => agent.name).sort();
  const hint = didYouMean(name, names) || `; there are ${names.slice(0, 10).join(', ')}`;
  throw new ApiError('unknown_agent', `no agent is called "${name}"${hint}`, {
    extras: { agents: names.slice(0, 200) },
  });
}

function mustBeKnown(type: string, agents: readonly RegisteredAgent[]): void {
  const types = [...new Set(agents.flatMap(({ capabilities }) => Object.keys(capabilities)))].sort();
  if (types.includes(type)) return;
  const hint = didYouMean(type, types) || `; there are ${types.slice(0, 10).join(', ')}`;
  const reason = `no agent can do "${type}"${hint}`;
  throw new ApiError('unprocessable', reason, {
    code: 'unknown_task_type',
    extras: { errors: [{ field: 'body.task_type', reason }] },
  });
}

/** Capable and healthy: in the pool, without complaints, and its breaker lets work through. */
function canTake(
  { capabilities, load }: RegisteredAgent,
  type: string,
  breaker: BreakerState | undefined,
  { clock }: Pick<ApiPorts, 'clock'>,
): boolean {
  const { state = 'initializing', is_healthy = true } = load?.health ?? {};
  const open = breaker?.open_until !== undefined && breaker.open_until > clock.now();
  return Object.hasOwn(capabilities, type) && isInPool(state) && is_healthy && !open;
}

type Data = NonNullable<ExecuteResponse['data']>;

function dataOf(
  runId: string,
  task: TaskView | undefined,
  agents: readonly RegisteredAgent[],
  { clock }: Pick<ApiPorts, 'clock'>,
  result: Json,
): Data {
  const { input_tokens = 0, output_tokens = 0, models } = task?.usage ?? {};
  const done = task?.status === 'completed' && task.agent !== undefined;
  const version = agents.find(({ name }) => name === task?.agent)?.version ?? '';
  return {
    task_id: runId,
    result: done ? asObject(result) : null,
    agent_info: done ? { name: task.agent ?? '', version, processing_time: (task.durationMs ?? 0) / 1_000 } : null,
    metadata: {
      timestamp: instant(task?.endedAt ?? clock.now()),
      model_used: models?.at(-1) ?? null,
      tokens_used: input_tokens + output_tokens,
    },
  };
}

const asObject = (value: Json): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };

const LATE = ['workflow_deadline', 'task_timeout', 'agent_silent'];

/** What an ended run is told as, that has no result. */
function failureOf({ status, error, reason }: RunView, runId: string): ApiError {
  const extras = { workflow_id: runId };
  if (status === 'cancelled' || !error)
    return new ApiError('conflict', `the task was cancelled${reason ? `: ${reason}` : ''}`, {
      code: 'cancelled',
      extras,
    });
  return new ApiError(problemOfFailure(error), error.message, { code: error.code, extras });
}

function problemOfFailure({ code, class: kind }: ErrorReport) {
  if (LATE.includes(code)) return 'timed_out';
  if (kind === 'data') return 'unprocessable';
  return kind === 'system' ? 'unavailable' : 'task_failed';
}
