import { asJson } from '../../contracts/json.ts';
import type { BatchEnded } from '../../contracts/messages.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import { type Effect, failureOf } from '../../workflow/effects.ts';
import { NOT_LED } from '../../workflow/handle-batch.ts';
import type { RunState } from '../../workflow/state.ts';
import type { TurnInput } from '../../workflow/turn.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import { headerOf } from './header.ts';
import { resultOf } from './outcome.ts';

/** Ends the runs whose work this one did, as it has ended. */
export async function endMembers(state: RunState, effects: readonly Effect[], ports: CoordinatorPorts): Promise<void> {
  const members = effects.flatMap((effect) => (effect.type === 'end_member' ? [effect.runId] : []));
  if (members.length === 0) return;
  const outcome =
    state.phase === 'completed' ? { result: await resultOf(state, ports.blobs) } : { error: failureOf(state) };
  await tell(state, members, outcome, ports);
}

/**
 * A run that does not lead those who a flow says count on it tells them so: it had ended before it heard of it, or an ask
 * of it came once more. Told twice does no harm.
 */
export async function dismissMembers(
  state: RunState,
  inputs: readonly TurnInput[],
  ports: CoordinatorPorts,
): Promise<void> {
  const led = state.batch && 'members' in state.batch ? state.batch.members : [];
  const isStrange = (member: string): boolean => member !== state.runId && !led.includes(member);
  const members = inputs.flatMap((input) => {
    const batch = input.type === 'grant_flow' ? input.payload.batch : undefined;
    return batch && 'members' in batch ? batch.members.filter(isStrange) : [];
  });
  if (members.length === 0) return;
  const message = `run ${state.runId} does not lead this batch`;
  await tell(state, members, { error: { code: NOT_LED, class: 'recoverable', message } }, ports);
}

async function tell(
  state: RunState,
  members: readonly string[],
  outcome: BatchEnded['outcome'],
  ports: CoordinatorPorts,
): Promise<void> {
  const { queues, ids, coordinatorQueue } = ports;
  const messages = await Promise.all(
    members.map(async (run_id) => {
      const payload: BatchEnded = { run_id, leader: state.runId, outcome };
      const header = headerOf(state, 'batch_ended', ports);
      const body = await encodeMessage({ header, payload: asJson(payload) }, ports);
      return { body, groupId: run_id, deduplicationId: ids.uuid() };
    }),
  );
  await queues.send(coordinatorQueue, messages);
}
