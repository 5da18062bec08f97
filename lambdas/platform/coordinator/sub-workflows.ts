import { asJson, JsonObject } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { ChildEnded, StartRun } from '../../contracts/messages.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import { budgetsOf } from '../../workflow/budgets.ts';
import { type Effect, failureOf } from '../../workflow/effects.ts';
import { depthOf } from '../../workflow/own-tasks.ts';
import { childRequestId, requestDigest } from '../../workflow/run-identity.ts';
import { type RunState, taskAt } from '../../workflow/state.ts';
import { evaluationKey } from '../../workflow/turn.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import { type Evaluations, inputOf } from './evaluate.ts';
import { headerOf } from './header.ts';
import { resultOf } from './outcome.ts';

/** A run that the coordinator has not begun after this is started again by the sweeper. */
const START_GRACE_MS = 60_000;

type Starting = Extract<Effect, { type: 'start_child' }>;

/**
 * Starts sub-workflows as runs of their own, straight at the coordinator's queue: their parent keeps their deadline.
 * Doing it again is harmless: the run's id follows from the task's attempt.
 */
export async function startChildren(
  state: RunState,
  effects: readonly Effect[],
  evaluations: Evaluations,
  ports: CoordinatorPorts,
): Promise<void> {
  for (const effect of effects) {
    if (effect.type === 'start_child') await startChild(state, effect, evaluations, ports);
  }
}

async function startChild(
  state: RunState,
  { task: index, attempt, runId, workflow, version }: Starting,
  evaluations: Evaluations,
  ports: CoordinatorPorts,
): Promise<void> {
  const { blobs, queues, registry, runs, clock, ids } = ports;
  const definition = await registry.definition(workflow, version);
  if (!definition) throw new Error(`workflow ${workflow} version ${version} has vanished from the registry`);
  const { tenant, correlation_id, priority, parent, requested_by } = state.request;
  const task = taskAt(state, index);
  const { id } = task.definition;
  const known = evaluations.get(evaluationKey(index, task));
  const input = JsonObject.parse(
    known && 'input' in known && known.input !== undefined ? known.input : await inputOf(state, index, ports),
  );
  const inherited = budgetsOf(state, task, await registry.agents());
  const budgets = inherited.map((ref) => ({ ...ref, depth: ref.depth + 1 }));
  const request = {
    request_id: childRequestId(state.runId, id, attempt),
    tenant,
    correlation_id,
    requested_by,
    priority,
    parent: { run_id: state.runId, task_id: id, attempt, depth: (parent?.depth ?? 0) + depthOf(state, task) + 1 },
    ...(budgets.length > 0 && { budgets }),
  };
  const byRef = async <T extends object>(value: T) =>
    JSON.stringify(value).length <= LIMITS.inlineDocument ? { value } : { ref: await blobs.put(tenant, asJson(value)) };
  const payload: StartRun = { run_id: runId, request, definition: await byRef(definition), input: await byRef(input) };
  await runs.setWake(runId, clock.now() + START_GRACE_MS);
  await runs.create({
    ...{ runId, tenant, requestId: request.request_id, correlationId: correlation_id, workflow, version },
    ...{ requestDigest: requestDigest({ workflow, version, input }), status: 'requested', requestedAt: clock.now() },
    requestedBy: requested_by,
    start: await blobs.put(tenant, asJson(payload)),
  });
  const body = await encodeMessage({ header: headerOf(state, 'start_run', ports), payload: asJson(payload) }, ports);
  await queues.send(ports.coordinatorQueue, [{ body, groupId: runId, deduplicationId: ids.uuid() }]);
}

/** Nobody waits for them any more. */
export async function cancelChildren(
  state: RunState,
  effects: readonly Effect[],
  ports: CoordinatorPorts,
): Promise<void> {
  for (const effect of effects) {
    if (effect.type !== 'cancel_child') continue;
    const { runId, reason } = effect;
    const payload = { run_id: runId, request_id: `${state.runId}/cancel`, reason, requested_by: state.runId };
    const body = await encodeMessage({ header: headerOf(state, 'cancel_run', ports), payload }, ports);
    await ports.queues.send(ports.coordinatorQueue, [{ body, groupId: runId, deduplicationId: ports.ids.uuid() }]);
  }
}

/** Tells the run that asked for this one how it ended. */
export async function answerParent(
  state: RunState,
  effects: readonly Effect[],
  ports: CoordinatorPorts,
): Promise<void> {
  for (const effect of effects) {
    if (effect.type !== 'answer_parent') continue;
    const { run_id, task_id, attempt } = effect.parent;
    const outcome =
      state.phase === 'completed' ? { result: await resultOf(state, ports.blobs) } : { error: failureOf(state) };
    const duration_ms = (state.endedAt ?? state.startedAt) - state.startedAt;
    const usage = state.usage && { usage: state.usage };
    const payload: ChildEnded = { run_id, task_id, attempt, child_run_id: state.runId, outcome, duration_ms, ...usage };
    const body = await encodeMessage(
      { header: headerOf(state, 'child_ended', ports), payload: asJson(payload) },
      ports,
    );
    await ports.queues.send(ports.coordinatorQueue, [{ body, groupId: run_id, deduplicationId: ports.ids.uuid() }]);
  }
}
