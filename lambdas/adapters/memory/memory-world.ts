import type { Clock, Ids } from '../../runtime/ports.ts';
import { memoryBlobs } from './memory-blobs.ts';
import { memoryBreakers } from './memory-breakers.ts';
import { memoryBus } from './memory-bus.ts';
import { memoryClaims } from './memory-claims.ts';
import { memoryHeartbeats } from './memory-heartbeats.ts';
import { memoryJournal } from './memory-journal.ts';
import { type LifecycleInput, memoryLifecycle } from './memory-lifecycle.ts';
import { memoryParkingLot } from './memory-parking-lot.ts';
import { memoryQueues } from './memory-queues.ts';
import { memoryRegistry } from './memory-registry.ts';
import { memoryResultCache } from './memory-result-cache.ts';
import { memoryRuns } from './memory-runs.ts';
import { memorySecrets } from './memory-secrets.ts';
import { memoryTable } from './memory-table.ts';
import { createMeter } from './meter.ts';
import { countingIds, virtualClock } from './virtual-clock.ts';

export interface MemoryWorldOptions<C extends Clock> {
  readonly clock: C;
  readonly ids?: Ids;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly onStart?: (runId: string, input: LifecycleInput) => void | Promise<void>;
}

/** Every port in memory, on one clock and one meter: for tests, benches and simulations. */
export function memoryWorld<C extends Clock>(options: MemoryWorldOptions<C>) {
  const { clock, ids = countingIds() } = options;
  const meter = createMeter();
  const blobs = memoryBlobs(meter);
  const queues = memoryQueues({ clock, meter, ids });
  const port = queues.port();
  return {
    clock,
    ids,
    meter,
    blobs,
    /** The queues themselves; `queuePort` and `visibility` are the ports onto them. */
    queues,
    queuePort: port,
    visibility: port,
    journal: memoryJournal(memoryTable(meter), blobs),
    runs: memoryRuns(memoryTable(meter)),
    registry: memoryRegistry(memoryTable(meter), blobs),
    breakers: memoryBreakers(memoryTable(meter)),
    heartbeats: memoryHeartbeats(memoryTable(meter)),
    resultCache: memoryResultCache(memoryTable(meter)),
    claims: memoryClaims(memoryTable(meter)),
    parkingLot: memoryParkingLot(memoryTable(meter)),
    bus: memoryBus(meter),
    secrets: memorySecrets(options.secrets ?? {}),
    lifecycle: memoryLifecycle(meter, options.onStart),
  };
}

/** The usual one: a virtual clock that starts on 2026-01-01. */
export const virtualWorld = () => memoryWorld({ clock: virtualClock() });
