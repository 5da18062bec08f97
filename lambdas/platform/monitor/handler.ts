import { clientSettings, dynamoClient } from '../../adapters/aws/clients.ts';
import { dynamoProgressBoard } from '../../adapters/aws/dynamo-progress-board.ts';
import { lambdaInboxes } from '../../adapters/aws/lambda-inboxes.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { systemSleep } from '../../adapters/system.ts';
import { ENV } from '../../contracts/environment.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { createMonitor } from './monitor.ts';

const ports = platformPorts();
const { recordStats, recordHealth } = ports.registryWriter();

const monitor = createMonitor({
  clock: ports.clock,
  logger: ports.logger,
  registry: { agents: ports.registry().agents, recordStats, recordHealth },
  board: dynamoProgressBoard(dynamoClient(clientSettings(process.env)), ports.variable(ENV.stateTable)),
  heartbeats: ports.heartbeats(),
  parameters: ports.parameters(),
  bus: ports.bus(),
  inboxes: lambdaInboxes(clientSettings(process.env), systemSleep),
  messageSecurity: ports.messageSecurity('monitor'),
  securityLog: ports.rogues(),
  rogues: ports.rogues(),
});

export const handler = queueHandler({ name: 'monitor', logger: ports.logger, clock: ports.clock }, monitor);
