import { ENV, resourceVariable } from '../../contracts/environment.ts';
import type { Capabilities } from '../../contracts/manifest.ts';
import type { Agent } from '../../runtime/agent.ts';
import type { AgentPorts } from '../../runtime/agent-ports.ts';
import { agentWork } from '../../runtime/agent-work.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { jsonLogger, logLevelOf } from '../json-logger.ts';
import { systemClock, systemIds } from '../system.ts';
import { clientSettings, dynamoClient, eventBridgeClient, s3Client, secretsClient, sqsClient } from './clients.ts';
import { dynamoClaims } from './dynamo-claims.ts';
import { eventBridgeBus } from './event-bridge-bus.ts';
import { required } from './required.ts';
import { s3Blobs } from './s3-blobs.ts';
import { s3ObjectStore } from './s3-object-store.ts';
import { secretsManagerSecrets } from './secrets-manager-secrets.ts';
import { sqsQueues, sqsVisibility } from './sqs-queues.ts';

/** The Lambda of an agent: its code, the runtime, and AWS. Everything here runs once per container. */
export function agentHandler<C extends Capabilities>(agent: Agent<C>) {
  const env = process.env;
  const logger = jsonLogger({ level: logLevelOf(env[ENV.logLevel]), fields: { agent: agent.manifest.name } });
  const ports = awsAgentPorts(env, agent.manifest.effects === 'outside', logger);
  const redelivery = { visibility: ports.visibility, queueUrl: ports.inboxUrl };
  return queueHandler({ name: agent.manifest.name, logger, clock: systemClock, redelivery }, agentWork(agent, ports));
}

function awsAgentPorts(env: NodeJS.ProcessEnv, needsClaims: boolean, logger: AgentPorts['logger']): AgentPorts {
  const settings = clientSettings(env);
  const sqs = sqsClient(settings);
  const s3 = s3Client(settings);
  const inboxes = [required(env, ENV.inboxExpress), required(env, ENV.inboxStandard)];
  return {
    clock: systemClock,
    ids: systemIds,
    logger,
    queues: sqsQueues(sqs),
    visibility: sqsVisibility(sqs),
    bus: eventBridgeBus(eventBridgeClient(settings), required(env, ENV.busName)),
    blobs: s3Blobs(s3, required(env, ENV.blobBucket)),
    secrets: secretsManagerSecrets(secretsClient(settings), systemClock),
    claims: needsClaims ? dynamoClaims(dynamoClient(settings), required(env, ENV.claimsTable)) : undefined,
    bucket: (name) => {
      const bucket = env[resourceVariable(ENV.bucketPrefix, name)];
      return bucket ? s3ObjectStore(s3, bucket) : undefined;
    },
    secretName: (name) => env[resourceVariable(ENV.secretPrefix, name)] || undefined,
    setting: (name) => env[resourceVariable(ENV.settingPrefix, name)] || undefined,
    inboxUrl: (arn) => inboxes.find((url) => url.endsWith(`/${arn.split(':').at(-1)}`)),
    coordinatorQueue: required(env, ENV.coordinatorQueue),
  };
}
