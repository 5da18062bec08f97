import type { RegisteredAgent } from '../../contracts/registry.ts';
import { isFlowId } from '../../flow/flow-identity.ts';
import type { BatchWork } from '../../runtime/queue-handler.ts';
import { UnknownEvent } from '../../workflow/evolve.ts';
import { bySize } from './by-size.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import { createFlowStore, type FlowStore } from './flows/flow-store.ts';
import { workOnFlow } from './flows/work-on-flow.ts';
import { heedRogues } from './heed-rogues.ts';
import { type WhoIsWho, whoIsWho } from './identity.ts';
import { byRun, mayOwe, type RunBatch, readInputs } from './inputs.ts';
import { createRunStore, type RunStore } from './run-store.ts';
import { takeTurn } from './turn.ts';

/**
 * The one writer of every run. It stands behind a FIFO queue whose group is the run, so no two turns of a run overlap
 * unless one has outlived its visibility, and then the journal's sequence number fences it.
 */
export function createCoordinator(
  ports: CoordinatorPorts,
  store: RunStore = createRunStore(ports.journal, ports.blobs),
  flows: FlowStore = createFlowStore(ports.flowJournal),
): BatchWork {
  return async (records, invocation) => {
    const agents = await ports.registry.agents();
    const who = whoIsWho(agents, ports.platformRoles);
    const batches = byRun(records);
    const failed: string[] = [];
    for (const batch of batches) {
      const done = isFlowId(batch.runId)
        ? await workOnFlow(batch, who, flows, ports)
        : await workOn(batch, who, agents, store, ports);
      if (!done) failed.push(...batch.records.map((record) => record.id));
    }
    invocation.note({ runs: batches.length });
    return failed;
  };
}

/** True when the run's messages are dealt with; a run that fails does not take the others of its batch along (rule 9). */
async function workOn(
  batch: RunBatch,
  who: WhoIsWho,
  agents: readonly RegisteredAgent[],
  store: RunStore,
  ports: CoordinatorPorts,
): Promise<boolean> {
  const { runId } = batch;
  try {
    const { records, inputs } = await readInputs(batch, ports, who);
    if (inputs.length === 0) return true;
    const heeded = await heedRogues(inputs, agents, ports);
    const repeatOwed = mayOwe(records, heeded.inputs);
    for (const part of bySize(records, heeded.inputs))
      await takeTurn(runId, part, repeatOwed, heeded.agents, store, ports);
    return true;
  } catch (error) {
    store.forget(runId);
    const fields = { run_id: runId, messages: batch.records.length, error };
    if (error instanceof UnknownEvent) ports.logger.error('run left alone: its journal needs a newer engine', fields);
    else ports.logger.error('turn failed; its messages go back to the queue', fields);
    return false;
  }
}
