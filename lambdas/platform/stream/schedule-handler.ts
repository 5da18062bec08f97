import middy from '@middy/core';
import { identityPorts } from '../../adapters/aws/identity-ports.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { streamPorts } from '../../adapters/aws/stream-ports.ts';
import { closeEnded } from './close-ended.ts';

const { clock, logger } = platformPorts();
const stream = streamPorts();
const revocations = identityPorts().revocations();

const ports = {
  ...{ clock, logger },
  connections: stream.connections(),
  sockets: stream.sockets(),
  isRevoked: async (principal: Parameters<typeof revocations.find>[0]) =>
    (await revocations.find(principal)) !== undefined,
};

/** Called each minute by a schedule. */
export const handler = middy().handler(async () => {
  const closed = await closeEnded(ports);
  logger.info('connections looked through', { closed });
});
