import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { createDeadLetters } from './dead-letters.ts';

const ports = platformPorts();

const deadLetters = createDeadLetters({
  clock: ports.clock,
  ids: ports.ids,
  logger: ports.logger,
  blobs: ports.blobs(),
  messageSecurity: ports.messageSecurity('dead-letters'),
  securityLog: ports.securityLog(),
  parkingLot: ports.parkingLot(),
  queues: ports.queues(),
  bus: ports.bus(),
  coordinatorQueue: ports.coordinatorQueue(),
});

export const handler = queueHandler({ name: 'dead-letters', logger: ports.logger, clock: ports.clock }, deadLetters);
