import { DataError } from '../contracts/errors.ts';
import { evolve, UnknownFlowEvent } from '../flow/evolve.ts';
import { restoreFlow } from '../flow/snapshot.ts';
import { FLOW_ENGINE_VERSION, type FlowState, newFlow } from '../flow/state.ts';
import type { FlowReadPorts } from './view-ports.ts';

/** A flow as its journal tells it. @throws DataError `unreadable_journal` when a newer Muster has written it */
export async function readFlow(
  { flowJournal }: Pick<FlowReadPorts, 'flowJournal'>,
  flowId: string,
): Promise<FlowState> {
  const snapshot = await flowJournal.readSnapshot(flowId);
  const known = snapshot?.engine === FLOW_ENGINE_VERSION ? snapshot : undefined;
  let state = known ? restoreFlow(known.state) : newFlow(flowId);
  try {
    for (const { events, at } of await flowJournal.read(flowId, known?.seq ?? 0)) state = evolve(state, events, at);
  } catch (error) {
    if (!(error instanceof UnknownFlowEvent)) throw error;
    throw new DataError(
      'unreadable_journal',
      `flow ${flowId} was written by a newer version of Muster: ${error.message}`,
    );
  }
  return state;
}
