import middy from '@middy/core';
import { createDoor } from '../../access/door.ts';
import { clientSettings } from '../../adapters/aws/clients.ts';
import { identityPorts } from '../../adapters/aws/identity-ports.ts';
import { peopleMemoryDoor } from '../../adapters/aws/memory-door.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { roleCredentials } from '../../adapters/aws/role-credentials.ts';
import { tenantsDoor } from '../../adapters/aws/tenants-door.ts';
import { ENV } from '../../contracts/environment.ts';
import { createAuditLog } from '../../runtime/audit-log.ts';
import { createRateLimiter } from '../../tenancy/rate-limiter.ts';
import { createRequestLimits } from '../../tenancy/request-limits.ts';
import { createApi } from './api.ts';
import { readApiSettings } from './api-settings.ts';
import { askMemoryBy } from './ask-memory.ts';
import { askTenantsBy } from './ask-tenants.ts';
import { eventAnswer, requestOfEvent } from './gateway-event.ts';

const ports = platformPorts();
const identity = identityPorts();
const { clock, ids, logger, variable } = ports;
const settings = readApiSettings(variable(ENV.api));
const auditLog = createAuditLog({ queues: ports.queues(), auditQueue: ports.auditQueue(), ids, logger });
const memory = peopleMemoryDoor(clientSettings(process.env), variable(ENV.memoryFunction), () =>
  roleCredentials(process.env),
);

const tenants = tenantsDoor({
  settings: clientSettings(process.env),
  functionName: variable(ENV.tenantsFunction),
  credentials: () => roleCredentials(process.env),
});

const answer = createApi({
  ...{ clock, ids, logger, auditLog },
  door: createDoor({ verify: identity.verifier(ports.registry()), log: auditLog, clock }),
  limits: createRequestLimits(createRateLimiter({ rates: ports.limits(), clock, logger })),
  standing: ports.standing(),
  journal: ports.journal(),
  flowJournal: ports.flowJournal(),
  flowDirectory: ports.flowDirectory(),
  runs: ports.runs(),
  rejections: ports.rejections(),
  blobs: ports.blobs(),
  registry: ports.registry(),
  breakers: ports.breakers(),
  holds: ports.holds(),
  parkingLot: ports.parkingLot(),
  queues: ports.queues(),
  bus: ports.bus(),
  askMemory: askMemoryBy(memory),
  askTenants: askTenantsBy(tenants.ask),
  tellTenants: tenants.tell,
  publicKeys: async () => (await identity.publicKeys()).keys,
  platformQueues: {
    intake: ports.intakeQueue(),
    coordinator: ports.coordinatorQueue(),
    timers: ports.timersQueue(),
    audit: ports.auditQueue(),
  },
  corsOrigins: settings.corsOrigins,
});

/** What came over HTTP: one integration for all routes. */
export const handler = middy().handler(async (event: unknown) => eventAnswer(await answer(requestOfEvent(event))));
