import { createDoor } from '../../../lambdas/access/door.ts';
import { memoryRates } from '../../../lambdas/adapters/memory/memory-rates.ts';
import { memoryTable } from '../../../lambdas/adapters/memory/memory-table.ts';
import type { AuditRecord } from '../../../lambdas/contracts/audit.ts';
import { ALL_TENANTS } from '../../../lambdas/contracts/control.ts';
import { Principal, Role } from '../../../lambdas/contracts/principal.ts';
import { PLANS, type Tenancy } from '../../../lambdas/contracts/tenants.ts';
import { createApi } from '../../../lambdas/platform/api/api.ts';
import type { ApiPorts } from '../../../lambdas/platform/api/api-ports.ts';
import { askMemoryBy } from '../../../lambdas/platform/api/ask-memory.ts';
import { askTenantsBy } from '../../../lambdas/platform/api/ask-tenants.ts';
import type { HttpResponse } from '../../../lambdas/platform/api/http.ts';
import { createTenants } from '../../../lambdas/platform/tenants/tenants.ts';
import { securityRecord } from '../../../lambdas/runtime/audit-log.ts';
import { createRateLimiter } from '../../../lambdas/tenancy/rate-limiter.ts';
import { createRequestLimits } from '../../../lambdas/tenancy/request-limits.ts';
import { createStanding } from '../../../lambdas/tenancy/standing.ts';
import { QUEUES } from '../../../lambdas/testing/queue-urls.ts';
import { createTestFleet, type TestFleet, type TestFleetOptions } from '../../../lambdas/testing/test-fleet.ts';

export interface ApiWorldOptions extends TestFleetOptions {
  readonly tenancy?: Tenancy;
  readonly corsOrigins?: readonly string[];
  /** Ports that are otherwise than in the world. */
  readonly ports?: Partial<ApiPorts>;
}

export interface SentRequest {
  /** `<role>[+<role>]:<tenant>:<subject>`; an empty text: none. Default: an operator of the default tenant. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; a text or bytes go as they are. */
  readonly body?: unknown;
  readonly source?: string;
}

export interface ApiAnswer extends Omit<HttpResponse, 'body'> {
  readonly text: string;
  /** The body, parsed; undefined when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as they expect it to be
  readonly body: any;
}

/** The API over the whole platform in this process, on a virtual clock. */
export interface ApiWorld {
  readonly fleet: TestFleet;
  /** Everything that the audit was told. */
  readonly audited: readonly AuditRecord[];
  /** Asks, and lets time pass until there is an answer. */
  call(method: string, path: string, sent?: SentRequest): Promise<ApiAnswer>;
}

const DEFAULT_TOKEN = 'operator:default:ann';

export async function createApiWorld(options: ApiWorldOptions): Promise<ApiWorld> {
  const { tenancy = PLANS, corsOrigins = [], ports: otherPorts = {}, ...rest } = options;
  const fleet = await createTestFleet(rest);
  const { world, clock, memory } = fleet.platform;
  const audited: AuditRecord[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const auditLog: ApiPorts['auditLog'] = {
    note: (event) => void audited.push(securityRecord(event)),
    record: (record) => void audited.push(record),
    flush: async () => {},
  };
  const rates = memoryRates(memoryTable(world.meter));
  // Nothing lies anywhere but in memory: erasing has its own tests.
  const tenants = createTenants({
    ...{ ...world, logger, tenancy, stores: [], securityLog: auditLog },
    exports: { write: async (tenant, name) => `${tenant}/${name}` },
  });
  const api = createApi({
    ...{ clock, logger, auditLog, ids: world.ids },
    door: createDoor({ verify: async (token) => verified(token, clock.now()), log: auditLog, clock }),
    limits: createRequestLimits(createRateLimiter({ rates, clock, logger })),
    standing: createStanding(world.tenants, tenancy),
    journal: world.journal,
    flowJournal: world.flowJournal,
    flowDirectory: world.flowDirectory,
    runs: world.runs,
    rejections: world.rejections,
    blobs: world.blobs,
    registry: world.registry,
    breakers: world.breakers,
    holds: world.holds,
    parkingLot: world.parkingLot,
    queues: fleet.platform.queuesOf('api'),
    bus: world.bus,
    askMemory: askMemoryBy((request) => memory.call('people', request)),
    askTenants: askTenantsBy((request) => tenants.ask(request, () => 900_000)),
    tellTenants: async (request) => void (await tenants.ask(request, () => 900_000)),
    publicKeys: async () => [],
    platformQueues: { intake: QUEUES.intake, coordinator: QUEUES.coordinator },
    corsOrigins,
    ...otherPorts,
  });

  async function call(method: string, path: string, sent: SentRequest = {}): Promise<ApiAnswer> {
    const { as = DEFAULT_TOKEN, headers = {}, body, source = '192.0.2.1' } = sent;
    const [plain = '', query = ''] = path.split('?');
    let isOver = false;
    const answering = api({
      ...{ method, path: plain, query, source },
      headers: { ...(as !== '' && { authorization: `Bearer ${tokenOf(as)}` }), ...headers },
      body: bytesOf(body),
    }).finally(() => {
      isOver = true;
    });
    await fleet.platform.time.runWhile(() => !isOver);
    const { body: text, ...answer } = await answering;
    return { ...answer, text, body: text === '' ? undefined : JSON.parse(text) };
  }

  return { fleet, audited, call };
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array();
  if (body instanceof Uint8Array) return body;
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Base64 of who it means: verification itself is another test's subject. */
const tokenOf = (as: string): string => Buffer.from(as).toString('base64url');

function verified(token: string, now: number) {
  const [roles = '', tenant = '', sub = ''] = Buffer.from(token, 'base64url').toString().split(':');
  const principal = Principal.safeParse({
    ...{ sub, tenant, tokenId: token, kind: 'person', issuedAt: now, expiresAt: now + 3_600_000 },
    roles: roles.split('+').filter((role) => Role.safeParse(role).success),
  });
  if (token === '') return { ok: false, fault: 'token_missing', reason: 'there is none' } as const;
  if (!principal.success) return { ok: false, fault: 'token_malformed', reason: 'it is not one' } as const;
  return { ok: true, principal: principal.data } as const;
}

/** Of the platform itself. */
export const PLATFORM_ADMIN = `admin:${ALL_TENANTS}:root`;
