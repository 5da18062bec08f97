import type { SecurityLog } from '../../contracts/security-events.ts';
import type { FlowEvent } from '../../flow/events.ts';
import type { Accounts } from '../../runtime/budgets/accounts.ts';
import type { ExpressionEvaluator } from '../../runtime/expressions-port.ts';
import type { MemoryPassKey } from '../../runtime/memory/memory-pass.ts';
import type {
  Blobs,
  Breakers,
  Bus,
  Clock,
  FlowDirectory,
  Heartbeats,
  Holds,
  Ids,
  Lifecycle,
  Logger,
  ParkingLot,
  Queues,
  Registry,
  ResultCache,
  Runs,
  Stops,
} from '../../runtime/ports.ts';
import type { Rogues } from '../../runtime/rogues.ts';
import type { MessageSecurity } from '../../runtime/signing/message-security.ts';
import type { OpenRuns } from '../../tenancy/open-runs.ts';
import type { Journal } from '../../workflow/journal.ts';
import type { StreamOutlet } from './tell-stream.ts';

/** Everything the coordinator touches. */
export interface CoordinatorPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** In [0, 1): for jitter and selection. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly journal: Journal;
  readonly flowJournal: Journal<FlowEvent>;
  readonly flowDirectory: FlowDirectory;
  readonly runs: Runs;
  readonly registry: Registry;
  readonly breakers: Breakers;
  readonly heartbeats: Heartbeats;
  readonly holds: Pick<Holds, 'read'>;
  readonly stops: Pick<Stops, 'setRun'>;
  readonly accounts: Pick<Accounts, 'raise'>;
  readonly resultCache: ResultCache;
  readonly parkingLot: ParkingLot;
  readonly memoryPassKey: Pick<MemoryPassKey, 'make'>;
  readonly blobs: Blobs;
  readonly messageSecurity: MessageSecurity;
  readonly securityLog: SecurityLog;
  /** Takes rogue agents out; asks for it when the security log is flushed. Default: nobody is taken out. */
  readonly rogues?: Rogues;
  readonly queues: Queues;
  readonly bus: Bus;
  readonly lifecycle: Lifecycle;
  readonly openRuns: Pick<OpenRuns, 'enter' | 'leave'>;
  readonly evaluator: ExpressionEvaluator;
  /** Takes a line of embedded metrics. */
  readonly write: (line: string) => void;
  /** Role ids of the platform's own senders. */
  readonly platformRoles: Readonly<Record<string, string>>;
  readonly coordinatorQueue: string;
  readonly timersQueue: string;
  readonly auditQueue: string;
  /** Where those are told who follow runs. Default: nobody does. */
  readonly stream?: StreamOutlet;
}
