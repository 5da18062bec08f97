import middy from '@middy/core';
import { createDoor } from '../../access/door.ts';
import { identityPorts } from '../../adapters/aws/identity-ports.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { streamPorts } from '../../adapters/aws/stream-ports.ts';
import { systemSleep } from '../../adapters/system.ts';
import { createAuditLog } from '../../runtime/audit-log.ts';
import { createRateLimiter } from '../../tenancy/rate-limiter.ts';
import { createRequestLimits } from '../../tenancy/request-limits.ts';
import { readResult } from './read-result.ts';
import { readSocketEvent } from './socket-event.ts';
import { createTalk } from './talk.ts';

const ports = platformPorts();
const stream = streamPorts();
const identity = identityPorts();
const { clock, logger, ids } = ports;
const auditLog = createAuditLog({ queues: ports.queues(), auditQueue: ports.auditQueue(), ids, logger });
const revocations = identity.revocations();
const runs = ports.runs();
const reading = { journal: ports.journal(), blobs: ports.blobs(), runs };

const talk = createTalk({
  ...{ clock, logger, ids, runs },
  connections: stream.connections(),
  sockets: stream.sockets(),
  log: stream.log(),
  watches: stream.watches(),
  bus: ports.bus(),
  door: createDoor({ verify: identity.verifier(), log: auditLog, clock }),
  limits: createRequestLimits(createRateLimiter({ rates: ports.limits(), clock, logger })),
  standing: ports.standing(),
  securityLog: auditLog,
  isRevoked: async (principal) => (await revocations.find(principal)) !== undefined,
  resultOf: ({ runId }) => readResult(runId, reading),
  sleep: systemSleep,
});

/** What API Gateway tells of WebSockets: what clients say, and that they come and go. Answers go over the connection. */
export const handler = middy().handler(async (event: unknown) => {
  await talk(readSocketEvent(event));
  await auditLog.flush();
  return { statusCode: 200 };
});
