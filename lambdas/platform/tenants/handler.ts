import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { clientSettings, dynamoClient, s3Client } from '../../adapters/aws/clients.ts';
import { peopleMemoryDoor } from '../../adapters/aws/memory-door.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { roleCredentials } from '../../adapters/aws/role-credentials.ts';
import { exportParts, tenantData } from '../../adapters/aws/tenant-data.ts';
import { ENV } from '../../contracts/environment.ts';
import { MusterError } from '../../contracts/errors.ts';
import { TENANTS_DOOR } from '../../contracts/tenants.ts';
import { readTenancy } from '../../tenancy/read-tenancy.ts';
import { createTenants } from './tenants.ts';

const ports = platformPorts();
const { clock, ids, logger, variable } = ports;
const settings = clientSettings(process.env);
const s3 = s3Client(settings);
const memory = peopleMemoryDoor(settings, variable(ENV.memoryFunction), () => roleCredentials(process.env));

const tenants = createTenants({
  ...{ clock, ids, logger },
  tenants: ports.tenants(),
  tenancy: readTenancy(process.env[ENV.tenancy]),
  stores: tenantData(
    { dynamo: dynamoClient(settings), s3 },
    {
      tables: {
        state: variable(ENV.stateTable),
        registry: variable(ENV.registryTable),
        claims: variable(ENV.claimsTable),
        ledger: variable(ENV.ledgerTable),
        budgets: variable(ENV.budgetsTable),
        streams: variable(ENV.streamsTable),
        behaviour: variable(ENV.behaviourTable),
      },
      blobBucket: variable(ENV.blobBucket),
      archiveBucket: variable(ENV.archiveBucket),
    },
    {
      clock,
      blobs: ports.blobs(),
      async askMemory(tenant, operation) {
        const reply = await memory({ tenant, operation });
        if ('error' in reply) throw new MusterError(reply.error);
        return reply.answer;
      },
    },
  ),
  runs: ports.runs(),
  bus: ports.bus(),
  exports: exportParts(s3, variable(ENV.blobBucket)),
  securityLog: ports.securityLog(),
});

/** By its door: what people ask. By its schedule: what was begun goes on. */
export const handler = middy<unknown, unknown>().handler((event: unknown, context: Context) => {
  const timeLeft = (): number => context.getRemainingTimeInMillis();
  // "arn:aws:lambda:region:account:function:name:alias"
  const isAsked = context.invokedFunctionArn.split(':')[7] === TENANTS_DOOR;
  return isAsked ? tenants.ask(event, timeLeft) : tenants.goOn(timeLeft);
});
