import type { SecurityLog } from '../../contracts/security-events.ts';
import type { AuditStore } from '../../runtime/audit-store.ts';
import type { BehaviourStore } from '../../runtime/behaviour-store.ts';
import type { Bus, Clock, Logger, Queues, Registry } from '../../runtime/ports.ts';
import type { Rogues } from '../../runtime/rogues.ts';
import type { Tenants } from '../../tenancy/tenants.ts';

/** Everything that behaviour analytics touch. */
export interface BehaviourPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Read only. */
  readonly auditStore: Pick<AuditStore, 'head' | 'read'>;
  readonly behaviourStore: BehaviourStore;
  readonly registry: Pick<Registry, 'agents'>;
  readonly tenants: Pick<Tenants, 'get'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly securityLog: SecurityLog;
  /** Default: nobody is taken out. */
  readonly rogues?: Rogues;
}

/** What the schedule touches. */
export interface TickPorts {
  readonly clock: Clock;
  readonly auditStore: Pick<AuditStore, 'heads'>;
  readonly queues: Pick<Queues, 'send'>;
  readonly behaviourQueue: string;
}
