import { evolve, UnknownFlowEvent } from '../../lambdas/flow/evolve.ts';
import { restoreFlow } from '../../lambdas/flow/snapshot.ts';
import { FLOW_ENGINE_VERSION, type FlowState, newFlow } from '../../lambdas/flow/state.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from './session.ts';

/** A flow as its journal tells it. @throws CliError when a newer Muster has written it */
export async function readFlow({ flowJournal }: Pick<Session, 'flowJournal'>, flowId: string): Promise<FlowState> {
  const snapshot = await flowJournal.readSnapshot(flowId);
  const known = snapshot?.engine === FLOW_ENGINE_VERSION ? snapshot : undefined;
  let state = known ? restoreFlow(known.state) : newFlow(flowId);
  try {
    for (const { events, at } of await flowJournal.read(flowId, known?.seq ?? 0)) state = evolve(state, events, at);
  } catch (error) {
    if (!(error instanceof UnknownFlowEvent)) throw error;
    const next = 'use the command line of the version that is deployed';
    throw new CliError(`flow ${flowId} was written by a newer version of Muster: ${error.message}`, next, {
      cause: error,
    });
  }
  return state;
}
