import { fetchDocuments } from '../../../lambdas/platform/coordinator/documents.ts';
import { evolve } from '../../../lambdas/workflow/evolve.ts';
import type { Snapshot } from '../../../lambdas/workflow/journal.ts';
import { snapshotState } from '../../../lambdas/workflow/snapshot.ts';
import { newRun } from '../../../lambdas/workflow/state.ts';
import type { FaultContext, FaultKind } from './fault.ts';

/** What the coordinator had in its hands when it made the snapshot is what its journal says. */
async function compare(context: FaultContext, runId: string, snapshot: Snapshot): Promise<string[]> {
  const { journal, blobs } = context.world().platform.world;
  let state = newRun(runId);
  for (const entry of await journal.read(runId, 0)) {
    if (entry.seq <= snapshot.seq) state = evolve(state, await fetchDocuments(entry.events, blobs), entry.at);
  }
  const told = JSON.stringify(snapshotState(state));
  if (told === JSON.stringify(snapshot.state)) return [];
  return [`M: the coordinator's state at entry ${snapshot.seq} of ${runId} is not what its journal says`];
}

export const snapshots: FaultKind = {
  number: 36,
  does: 'a snapshot is missing, torn or old: the run is rebuilt from its journal',
  arm(context) {
    const written: Array<[string, Snapshot]> = [];
    return {
      ports(ports) {
        if (!('journal' in ports)) return ports;
        const { journal } = ports;
        return {
          ...ports,
          journal: {
            ...journal,
            async readSnapshot(runId: string) {
              const snapshot = await journal.readSnapshot(runId);
              if (!snapshot || !context.strikes(0.7)) return snapshot;
              // Torn ones are as good as missing for the adapter; an index that lags behind answers an older one.
              const [older] = written.filter(([id]) => id === runId);
              return context.random.chance(0.5) ? older?.[1] : undefined;
            },
            async writeSnapshot(runId: string, snapshot: Snapshot) {
              written.push([runId, structuredClone(snapshot)]);
              return journal.writeSnapshot(runId, snapshot);
            },
          },
        };
      },
      // Only a new container looks for a snapshot.
      call: ({ process, port, method }) =>
        process === 'coordinator' &&
        port === 'journal' &&
        method === 'append' &&
        context.isOn() &&
        context.random.chance(0.15)
          ? { kill: 'after' }
          : undefined,
      check: async () =>
        (await Promise.all(written.map(([runId, snapshot]) => compare(context, runId, snapshot)))).flat(),
    };
  },
};
