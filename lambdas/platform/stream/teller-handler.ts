import { identityPorts } from '../../adapters/aws/identity-ports.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { streamPorts } from '../../adapters/aws/stream-ports.ts';
import { ENV } from '../../contracts/environment.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { readRoles } from './read-roles.ts';
import { createTeller } from './tell-followers.ts';

const ports = platformPorts();
const stream = streamPorts();
const revocations = identityPorts().revocations();

const teller = createTeller({
  clock: ports.clock,
  logger: ports.logger,
  log: stream.log(),
  connections: stream.connections(),
  watches: stream.watches(),
  sockets: stream.sockets(),
  blobs: ports.blobs(),
  messageSecurity: ports.messageSecurity('stream'),
  securityLog: ports.securityLog(),
  isRevoked: async (principal) => (await revocations.find(principal)) !== undefined,
  ...readRoles(process.env[ENV.platformRoles], ports.registry()),
});

const redelivery = { visibility: ports.visibility(), queueUrl: () => ports.variable(ENV.streamQueue) };

export const handler = queueHandler({ name: 'stream', logger: ports.logger, clock: ports.clock, redelivery }, teller);
