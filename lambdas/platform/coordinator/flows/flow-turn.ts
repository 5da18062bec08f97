import { decideFlow } from '../../../flow/decide.ts';
import type { FlowEvent } from '../../../flow/events.ts';
import type { FlowInput } from '../../../flow/turn.ts';
import type { JournalEntry } from '../../../workflow/journal.ts';
import { carryOutFlow, wakeMessage } from './carry-out-flow.ts';
import type { FlowPorts } from './flow-ports.ts';
import type { FlowStore } from './flow-store.ts';

/** As for runs. */
const APPEND_TRIES = 5;

/**
 * One turn of one flow, by the rules that runs go by: read what is new, decide, append ONE journal entry, and only then
 * act. Both sides of the protocol write first and send then, so that whoever dies in between says it again.
 * @throws whatever the ports throw; the caller sends the messages back to the queue
 */
export async function takeFlowTurn(
  flowId: string,
  inputs: readonly FlowInput[],
  repeatOwed: boolean,
  store: FlowStore,
  ports: FlowPorts,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const flow = await store.load(flowId);
    const now = Math.max(ports.clock.now(), flow.at);
    const { events, state, more, idle } = decideFlow(flow.state, inputs, now);
    const owed = repeatOwed || idle ? [...flow.owed] : [];
    let { seq } = flow;
    if (events.length > 0) {
      const confirmed = (flow.owed[0]?.seq ?? flow.seq + 1) - 1;
      const entry: JournalEntry<FlowEvent> = {
        seq: flow.seq + 1,
        turnId: ports.ids.uuid(),
        at: now,
        confirmed,
        events,
      };
      const outcome = await store.append(flow, entry, state);
      if (!outcome.appended) {
        if (tries >= APPEND_TRIES) {
          throw new Error(`flow ${flowId}: ${tries} writers in a row took the next journal number`);
        }
        continue;
      }
      owed.push(outcome.entry);
      seq = entry.seq;
    }
    if (owed.length > 0) await carryOutFlow(state, owed, now, ports);
    if (more) {
      const body = await wakeMessage(state, now, ports);
      await ports.queues.send(ports.coordinatorQueue, [{ body, groupId: flowId, deduplicationId: ports.ids.uuid() }]);
    }
    // A row that is left over, such as by a coordinator that outlived its time, would wake the flow for ever.
    if (state.wake === undefined && inputs.some(({ type }) => type === 'wake_flow')) {
      await ports.runs.setWake(flowId, undefined, seq);
    }
    await store.confirm(flowId, owed);
    return;
  }
}
