import middy from '@middy/core';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { sweep } from './sweep.ts';

const ports = platformPorts();

const sweeper = {
  clock: ports.clock,
  ids: ports.ids,
  logger: ports.logger,
  runs: ports.runs(),
  blobs: ports.blobs(),
  messageSecurity: ports.messageSecurity('sweeper'),
  queues: ports.queues(),
  coordinatorQueue: ports.coordinatorQueue(),
};

/** Called each minute by a schedule. */
export const handler = middy().handler(() => sweep(sweeper));
