import type { FlowEvent } from '../../flow/events.ts';
import type { Clock, Ids } from '../../runtime/ports.ts';
import { NO_MESSAGE_SECURITY } from '../../runtime/signing/message-security.ts';
import { memoryAccounts } from './memory-accounts.ts';
import { memoryBlobs } from './memory-blobs.ts';
import { memoryBreakers } from './memory-breakers.ts';
import { memoryBus } from './memory-bus.ts';
import { memoryClaims } from './memory-claims.ts';
import { memoryFlowDirectory } from './memory-flow-directory.ts';
import { memoryHeartbeats } from './memory-heartbeats.ts';
import { memoryHolds } from './memory-holds.ts';
import { memoryJournal } from './memory-journal.ts';
import { memoryKeyService } from './memory-key-service.ts';
import { type LifecycleInput, memoryLifecycle } from './memory-lifecycle.ts';
import { memoryMemoryPassKey } from './memory-memory-pass-key.ts';
import { memoryMessageKeys } from './memory-message-keys.ts';
import { memoryParameters } from './memory-parameters.ts';
import { memoryParkingLot } from './memory-parking-lot.ts';
import { memoryQueues } from './memory-queues.ts';
import { memoryRates } from './memory-rates.ts';
import { memoryRegistry } from './memory-registry.ts';
import { memoryRejections } from './memory-rejections.ts';
import { memoryResultCache } from './memory-result-cache.ts';
import { memoryRuns } from './memory-runs.ts';
import { memorySecrets } from './memory-secrets.ts';
import { memorySecurityLog } from './memory-security-log.ts';
import { memoryStepLedger } from './memory-step-ledger.ts';
import { memoryStops } from './memory-stops.ts';
import { memoryTable } from './memory-table.ts';
import { memoryOpenRuns, memoryTenants } from './memory-tenants.ts';
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
  const registryTable = memoryTable(meter);
  const registry = memoryRegistry(registryTable, blobs);
  const holds = memoryHolds(memoryTable(meter));
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
    flowJournal: memoryJournal<FlowEvent>(memoryTable(meter), blobs),
    flowDirectory: memoryFlowDirectory(memoryTable(meter)),
    runs: memoryRuns(memoryTable(meter)),
    rejections: memoryRejections(memoryTable(meter)),
    registry,
    parameters: memoryParameters(registryTable),
    holds,
    stops: memoryStops(memoryTable(meter), holds, registry),
    accounts: memoryAccounts(memoryTable(meter)),
    rates: memoryRates(memoryTable(meter)),
    /** Those of the API. */
    limits: memoryRates(memoryTable(meter)),
    tenants: memoryTenants(registryTable),
    openRuns: memoryOpenRuns(memoryTable(meter)),
    breakers: memoryBreakers(memoryTable(meter)),
    heartbeats: memoryHeartbeats(memoryTable(meter)),
    resultCache: memoryResultCache(memoryTable(meter)),
    claims: memoryClaims(memoryTable(meter)),
    ledger: memoryStepLedger(memoryTable(meter)),
    parkingLot: memoryParkingLot(memoryTable(meter)),
    memoryPassKey: memoryMemoryPassKey(),
    /** For Lambdas that a test puts together by hand; inProcessPlatform signs. */
    messageSecurity: NO_MESSAGE_SECURITY,
    messageKeys: memoryMessageKeys(memoryTable(meter)),
    keyService: memoryKeyService(),
    /** Names of keys: so that other ids count as they would without. */
    keyIds: countingIds(),
    securityLog: memorySecurityLog(),
    bus: memoryBus(meter),
    secrets: memorySecrets(options.secrets ?? {}),
    lifecycle: memoryLifecycle(meter, options.onStart),
  };
}

/** The usual one: a virtual clock that starts on 2026-01-01. */
export const virtualWorld = () => memoryWorld({ clock: virtualClock() });
