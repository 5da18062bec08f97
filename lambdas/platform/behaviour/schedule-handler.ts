import middy from '@middy/core';
import { clientSettings, dynamoClient, s3Client } from '../../adapters/aws/clients.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { s3AuditStore } from '../../adapters/aws/s3-audit-store.ts';
import { ENV } from '../../contracts/environment.ts';
import { tick } from './tick.ts';

const ports = platformPorts();
const settings = clientSettings(process.env);
const dynamo = dynamoClient(settings);

const tickPorts = {
  clock: ports.clock,
  queues: ports.queues(),
  behaviourQueue: ports.variable(ENV.behaviourQueue),
  auditStore: s3AuditStore(s3Client(settings), dynamo, ports.variable(ENV.auditBucket), ports.variable(ENV.auditTable)),
};

/** Called each five minutes by a schedule. */
export const handler = middy().handler(() => tick(tickPorts));
