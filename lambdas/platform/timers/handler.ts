import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { createTimers } from './timers.ts';

const ports = platformPorts();

const timers = createTimers({
  clock: ports.clock,
  ids: ports.ids,
  logger: ports.logger,
  blobs: ports.blobs(),
  messageSecurity: ports.messageSecurity('timers'),
  securityLog: ports.securityLog(),
  queues: ports.queues(),
  coordinatorQueue: ports.coordinatorQueue(),
  timersQueue: ports.timersQueue(),
});

export const handler = queueHandler({ name: 'timers', logger: ports.logger, clock: ports.clock }, timers);
