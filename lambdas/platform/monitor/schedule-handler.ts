import middy from '@middy/core';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { measure } from './measure.ts';

const ports = platformPorts();
const { recordLoad, recordHealth } = ports.registryWriter();

const measured = {
  clock: ports.clock,
  logger: ports.logger,
  registry: { agents: ports.registry().agents, recordLoad, recordHealth },
  breakers: ports.breakers(),
  queues: ports.queues(),
  bus: ports.bus(),
  write: (line: string) => void process.stdout.write(`${line}\n`),
};

/** Called each minute by a schedule. */
export const handler = middy().handler(() => measure(measured));
