import middy from '@middy/core';
import { clientSettings, dynamoClient, s3Client } from '../../adapters/aws/clients.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { s3AuditStore } from '../../adapters/aws/s3-audit-store.ts';
import { ENV } from '../../contracts/environment.ts';
import { checkpoint } from './checkpoint.ts';

const ports = platformPorts();
const settings = clientSettings(process.env);
const dynamo = dynamoClient(settings);

const checkpointPorts = {
  clock: ports.clock,
  ids: ports.ids,
  logger: ports.logger,
  queues: ports.queues(),
  auditQueue: ports.auditQueue(),
  auditStore: s3AuditStore(s3Client(settings), dynamo, ports.variable(ENV.auditBucket), ports.variable(ENV.auditTable)),
};

/** Called each hour by a schedule. */
export const handler = middy().handler(() => checkpoint(checkpointPorts));
