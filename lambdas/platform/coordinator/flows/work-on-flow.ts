import { UnknownFlowEvent } from '../../../flow/evolve.ts';
import { bySize } from '../by-size.ts';
import type { WhoIsWho } from '../identity.ts';
import type { RunBatch } from '../inputs.ts';
import { readFlowInputs } from './flow-inputs.ts';
import type { FlowPorts } from './flow-ports.ts';
import type { FlowStore } from './flow-store.ts';
import { takeFlowTurn } from './flow-turn.ts';

/** True when the flow's messages are dealt with; else they go back to the queue. */
export async function workOnFlow(batch: RunBatch, who: WhoIsWho, store: FlowStore, ports: FlowPorts): Promise<boolean> {
  const { runId: flowId } = batch;
  try {
    const { records, inputs } = await readFlowInputs(batch, ports, who);
    if (inputs.length === 0) return true;
    const isWoken = inputs.some(({ type }) => type === 'wake_flow');
    const repeatOwed = isWoken || records.some(({ receiveCount }) => receiveCount > 1);
    for (const part of bySize(records, inputs)) await takeFlowTurn(flowId, part, repeatOwed, store, ports);
    return true;
  } catch (error) {
    store.forget(flowId);
    const fields = { flow_id: flowId, messages: batch.records.length, error };
    if (error instanceof UnknownFlowEvent)
      ports.logger.error('flow left alone: its journal needs a newer engine', fields);
    else ports.logger.error("a flow's turn failed; its messages go back to the queue", fields);
    return false;
  }
}
