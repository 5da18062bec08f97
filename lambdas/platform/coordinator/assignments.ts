import type { BlobRef, ResultValue } from '../../contracts/blob.ts';
import type { Header } from '../../contracts/envelope.ts';
import type { ErrorReport } from '../../contracts/errors.ts';
import { asJson, type Json } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { TaskAssignment } from '../../contracts/messages.ts';
import type { ExpressionEvaluator } from '../../runtime/expressions-port.ts';
import type { Blobs } from '../../runtime/ports.ts';
import type { TaskIndex } from '../../workflow/events.ts';
import { taskAt } from '../../workflow/evolve.ts';
import { fillTemplate, hasExpressions, listExpressions } from '../../workflow/expressions.ts';
import { urgencyOf } from '../../workflow/schedule.ts';
import type { RunState, TaskState } from '../../workflow/state.ts';

export type Evaluations = Map<TaskIndex, { value: Json } | { error: ErrorReport }>;

/** Results of the tasks that this one depends on. */
function upstreamOf(state: RunState, task: TaskState): Record<string, ResultValue> {
  const upstream: Record<string, ResultValue> = {};
  for (const id of task.definition.dependsOn ?? []) {
    const index = state.indexOf.get(id);
    const result = index === undefined ? undefined : taskAt(state, index).result;
    if (result) upstream[id] = result;
  }
  return upstream;
}

/** Fills in the expressions of task inputs over `$input` (the run's) and `$results` (of what the task depends on). */
export async function evaluateInputs(
  state: RunState,
  tasks: readonly TaskIndex[],
  evaluator: ExpressionEvaluator,
  blobs: Blobs,
): Promise<Evaluations> {
  const evaluations: Evaluations = new Map();
  for (const index of tasks) {
    const task = taskAt(state, index);
    const template = task.definition.input ?? {};
    const results: Record<string, Json> = {};
    for (const [id, result] of Object.entries(upstreamOf(state, task))) {
      results[id] = 'value' in result ? result.value : await blobs.get(result.ref);
    }
    const expressions = listExpressions(template);
    const seed = `${state.runId}/${task.definition.id}`;
    const bindings = { input: state.input, results };
    const jobs = expressions.map(({ source }) => ({ source, bindings, now: state.startedAt, seed }));
    const answers = await evaluator.evaluate(jobs);
    const failed = answers.findIndex((answer) => 'error' in answer);
    const failure = answers[failed];
    if (failure && 'error' in failure) {
      const where = `task ${task.definition.id}, input.${expressions[failed]?.path.join('.')}`;
      evaluations.set(index, {
        error: { ...failure.error, message: `${where}: ${failure.error.message}`.slice(0, 2_000) },
      });
      continue;
    }
    const values = answers.map((answer) => ('value' in answer ? answer.value : null));
    evaluations.set(index, { value: fillTemplate(template, values) });
  }
  return evaluations;
}

/** Builds the messages that hand tasks to agents. */
export function createAssigner(
  state: RunState,
  evaluations: Evaluations,
  evaluator: ExpressionEvaluator,
  blobs: Blobs,
  now: number,
) {
  const manifests = new Map<readonly string[], Promise<BlobRef>>();

  async function inputsOf(index: TaskIndex, task: TaskState): Promise<Json> {
    const template = task.definition.input ?? {};
    if (!hasExpressions(template)) return template;
    const known = evaluations.get(index) ?? (await evaluateInputs(state, [index], evaluator, blobs)).get(index);
    if (!known || 'error' in known)
      throw new Error(`task ${task.definition.id} was dispatched although its input failed`);
    return known.value;
  }

  async function upstream(task: TaskState): Promise<Pick<TaskAssignment, 'upstream' | 'upstream_ref'>> {
    const dependsOn = task.definition.dependsOn ?? [];
    if (dependsOn.length === 0) return {};
    if (dependsOn.length <= LIMITS.upstreamResults) return { upstream: upstreamOf(state, task) };
    const stored = manifests.get(dependsOn) ?? blobs.put(state.request.tenant, upstreamOf(state, task));
    manifests.set(dependsOn, stored);
    return { upstream_ref: await stored };
  }

  return async function assignment(
    index: TaskIndex,
    agent: string,
    id: string,
  ): Promise<{ header: Header; payload: Json }> {
    const task = taskAt(state, index);
    const priority = urgencyOf(state, task);
    const notAfter = task.due ?? state.deadline;
    const header: Header = {
      message_id: id,
      correlation_id: state.request.correlation_id,
      timestamp: new Date(now).toISOString(),
      sender: 'coordinator',
      receiver: agent,
      message_type: 'task_assignment',
      priority,
      ttl: Math.max(1, Math.min(1_209_600, Math.ceil((notAfter - now) / 1_000))),
      tenant: state.request.tenant,
      schema_version: 1,
      attempt: task.attempt,
      not_after: notAfter,
    };
    const { id: taskId, type, description } = task.definition;
    const payload = {
      run_id: state.runId,
      task: {
        task_id: taskId,
        task_type: type,
        description: description ?? '',
        inputs: await inputsOf(index, task),
        priority,
        deadline: notAfter / 1_000,
      },
      ...(await upstream(task)),
    } satisfies TaskAssignment;
    return { header, payload: asJson(payload) };
  };
}
