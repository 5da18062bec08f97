import type * as z from 'zod';
import type { Door } from '../../access/door.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { PeopleMemoryRequest } from '../../contracts/memory.ts';
import type { TenantRequest } from '../../contracts/tenants.ts';
import type { AuditLog } from '../../runtime/audit-log.ts';
import type {
  Blobs,
  Breakers,
  Bus,
  Clock,
  Holds,
  Ids,
  Logger,
  ParkingLot,
  Queues,
  Registry,
  Rejections,
  Runs,
} from '../../runtime/ports.ts';
import type { RequestLimits } from '../../tenancy/request-limits.ts';
import type { Standing } from '../../tenancy/standing.ts';
import type { FlowReadPorts } from '../../views/view-ports.ts';
import type { Journal } from '../../workflow/journal.ts';

/** What is asked of the memory Lambda in the name of people. */
export type MemoryAsked = z.input<typeof PeopleMemoryRequest>['operation'];

/** What the API needs of the world. It reads what the command line reads, and says on the bus what that says. */
export interface ApiPorts extends FlowReadPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly door: Door;
  readonly auditLog: AuditLog;
  readonly limits: RequestLimits;
  readonly standing: Standing;
  readonly journal: Pick<Journal, 'read' | 'readSnapshot'>;
  readonly runs: Pick<Runs, 'get' | 'list' | 'correlated'>;
  readonly rejections: Pick<Rejections, 'of'>;
  readonly blobs: Pick<Blobs, 'get'>;
  readonly registry: Registry;
  readonly breakers: Pick<Breakers, 'read'>;
  readonly holds: Pick<Holds, 'read'>;
  readonly parkingLot: Pick<ParkingLot, 'list'>;
  readonly queues: Pick<Queues, 'depth'>;
  readonly bus: Pick<Bus, 'publish'>;
  /** @throws MusterError with what it answers instead */
  askMemory(tenant: string, operation: MemoryAsked): Promise<Json>;
  /** What is written of tenants. @throws MusterError with what it answers instead */
  askTenants(request: z.input<typeof TenantRequest>): Promise<unknown>;
  /** Answers when it is begun: it takes long. */
  tellTenants(request: z.input<typeof TenantRequest>): Promise<void>;
  /** The public keys of the embedded issuer; none with an issuer of your own. */
  publicKeys(): Promise<readonly JsonObject[]>;
  /** The platform's own queues: name → URL. */
  readonly platformQueues: Readonly<Record<string, string>>;
  /** Origins whose pages may call. */
  readonly corsOrigins: readonly string[];
}
