import { clientSettings, dynamoClient, s3Client } from '../../adapters/aws/clients.ts';
import { dynamoBehaviourStore } from '../../adapters/aws/dynamo-behaviour-store.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { s3AuditStore } from '../../adapters/aws/s3-audit-store.ts';
import { ENV } from '../../contracts/environment.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { createBehaviour } from './behaviour.ts';

const ports = platformPorts();
const settings = clientSettings(process.env);
const dynamo = dynamoClient(settings);
const { clock, logger } = ports;

const behaviour = createBehaviour({
  ...{ clock, logger },
  bus: ports.bus(),
  auditStore: s3AuditStore(s3Client(settings), dynamo, ports.variable(ENV.auditBucket), ports.variable(ENV.auditTable)),
  behaviourStore: dynamoBehaviourStore(dynamo, ports.variable(ENV.behaviourTable), clock),
  registry: ports.registry(),
  tenants: ports.tenants(),
  securityLog: ports.rogues(),
  rogues: ports.rogues(),
});

export const handler = queueHandler({ name: 'behaviour', logger, clock }, behaviour);
