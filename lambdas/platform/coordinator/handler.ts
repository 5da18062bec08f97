import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { streamPorts } from '../../adapters/aws/stream-ports.ts';
import { createWorkerEvaluator } from '../../adapters/expressions/worker-evaluator.ts';
import { ENV } from '../../contracts/environment.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { createCoordinator } from './coordinator.ts';
import { readRoles } from './identity.ts';

const ports = platformPorts();

const coordinator = createCoordinator({
  clock: ports.clock,
  ids: ports.ids,
  random: ports.random,
  logger: ports.logger,
  journal: ports.journal(),
  flowJournal: ports.flowJournal(),
  flowDirectory: ports.flowDirectory(),
  runs: ports.runs(),
  registry: ports.registry(),
  breakers: ports.breakers(),
  heartbeats: ports.heartbeats(),
  holds: ports.holds(),
  stops: ports.stops(),
  accounts: ports.accounts(),
  resultCache: ports.resultCache(),
  parkingLot: ports.parkingLot(),
  memoryPassKey: ports.memoryPassKey(),
  blobs: ports.blobs(),
  messageSecurity: ports.messageSecurity('coordinator'),
  securityLog: ports.rogues(),
  rogues: ports.rogues(),
  queues: ports.queues(),
  bus: ports.bus(),
  lifecycle: ports.lifecycle(),
  openRuns: ports.openRuns(),
  write: (line) => void process.stdout.write(`${line}\n`),
  evaluator: createWorkerEvaluator({ batchTimeoutMs: 5_000 }),
  platformRoles: readRoles(process.env[ENV.platformRoles]),
  coordinatorQueue: ports.coordinatorQueue(),
  timersQueue: ports.timersQueue(),
  auditQueue: ports.auditQueue(),
  ...(process.env[ENV.streamQueue] && {
    stream: { watches: streamPorts().watches(), queue: ports.variable(ENV.streamQueue) },
  }),
});

const redelivery = { visibility: ports.visibility(), queueUrl: ports.coordinatorQueue };

export const handler = queueHandler(
  { name: 'coordinator', logger: ports.logger, clock: ports.clock, redelivery },
  coordinator,
);
