import { memoryFlowDirectory } from '../../../lambdas/adapters/memory/memory-flow-directory.ts';
import { memoryJournal } from '../../../lambdas/adapters/memory/memory-journal.ts';
import { memoryParkingLot } from '../../../lambdas/adapters/memory/memory-parking-lot.ts';
import { memoryRuns } from '../../../lambdas/adapters/memory/memory-runs.ts';
import { memoryTable } from '../../../lambdas/adapters/memory/memory-table.ts';
import type { FlowEvent } from '../../../lambdas/flow/events.ts';
import { isFlowId } from '../../../lambdas/flow/flow-identity.ts';
import type { FlowDirectory, ParkingLot, RunRecord, Runs } from '../../../lambdas/runtime/ports.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import type { Journal, JournalArchive } from '../../../lambdas/workflow/journal.ts';
import type { Noting } from '../noting.ts';
import { plainJournal } from './plain-journal.ts';

const TENANTS = ['default', 'noisy', 'quiet'];
const MANY = 10_000;
/** What people and agents have to say to the platform they say again; that it has been said is not simulated. */
const KEPT_QUEUES = /\/\/(coordinator|intake|monitor|undelivered|audit)|-dead/;

interface Stores {
  readonly journal: Journal & JournalArchive;
  readonly flowJournal: Journal<FlowEvent> & JournalArchive;
  readonly runs: Runs;
  readonly flowDirectory: FlowDirectory;
  readonly parkingLot: ParkingLot;
}

/**
 * The state table is lost and comes back from a backup, as "muster restore" does it: what the ports can read of it is
 * written into an empty one, every open run is woken, and no container remembers anything. Read and written through the
 * ports, for the tables in memory are not DynamoDB's.
 */
export async function loseAndRestore(
  { world, processes, clock }: InProcessPlatform,
  { notes, ...noting }: Noting,
  { storesItems, losesMessages }: { readonly storesItems: boolean; readonly losesMessages: boolean },
): Promise<void> {
  const { meter, blobs } = world;
  const old: Stores = { ...world };
  const runs = memoryRuns(memoryTable(meter));
  const journal = storesItems ? memoryJournal(memoryTable(meter), blobs) : plainJournal();
  const flowJournal = storesItems ? memoryJournal<FlowEvent>(memoryTable(meter), blobs) : plainJournal<FlowEvent>();
  const flowDirectory = memoryFlowDirectory(memoryTable(meter));
  const parkingLot = memoryParkingLot(memoryTable(meter));
  for (const process of processes.values()) process.kill();
  // A deployment that is made anew has empty queues: what agents were sent is gone, and so are timers.
  if (losesMessages) for (const queue of world.queues.all()) if (!KEPT_QUEUES.test(queue.url)) queue.purge();
  Object.assign(world, {
    ...{ runs, flowDirectory, parkingLot },
    ...{ journal: noting.journal(journal), flowJournal: noting.flowJournal(flowJournal) },
  });
  const ids = new Set(notes.commits.map(({ id }) => id));
  for (const id of ids)
    await (isFlowId(id) ? copied(id, old.flowJournal, flowJournal) : copied(id, old.journal, journal));
  for (const tenant of TENANTS) {
    for (const record of await old.runs.list(tenant, MANY)) await restoreRun(record, runs, clock.now());
    for (const gate of await old.flowDirectory.list(tenant, MANY)) await flowDirectory.note(gate, 0);
  }
  // Flows lie in the index of what wants to be woken, too.
  for (const id of await old.runs.overdue(Number.MAX_SAFE_INTEGER, MANY)) await runs.setWake(id, clock.now());
  for (const parked of await old.parkingLot.list(MANY)) await parkingLot.park(parked);
}

async function copied<E>(id: string, from: Journal<E>, to: Journal<E>): Promise<void> {
  for (const entry of await from.read(id, 0)) await to.append(id, entry);
  const snapshot = await from.readSnapshot(id);
  if (snapshot) await to.writeSnapshot(id, snapshot);
}

async function restoreRun(record: RunRecord, runs: Runs, now: number): Promise<void> {
  const { runId, status, endedAt, error } = record;
  const isOpen = status === 'requested' || status === 'running';
  await runs.create(isOpen ? record : { ...record, status: 'running' });
  if (isOpen) await runs.setWake(runId, now);
  else await runs.setStatus(runId, status, endedAt ?? now, error);
}
