import { ENV, resourceVariable } from '../../contracts/environment.ts';
import type { Capabilities, Manifest, Parameters } from '../../contracts/manifest.ts';
import type { Agent } from '../../runtime/agent.ts';
import type { AgentPorts } from '../../runtime/agent-ports.ts';
import { agentWork } from '../../runtime/agent-work.ts';
import type { AgentAbilities } from '../../runtime/open-abilities.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { jsonLogger, logLevelOf } from '../json-logger.ts';
import { systemClock, systemIds } from '../system.ts';
import type { AdapterSurroundings, AgentAdapters } from './agent-adapters.ts';
import { clientSettings, sqsClient } from './clients.ts';
import { awsMessageSecurity } from './message-security.ts';
import { objectRequests } from './object-request.ts';
import { required } from './required.ts';
import { roleCredentials } from './role-credentials.ts';
import { signedBlobs } from './signed-blobs.ts';
import { signedEventBridgeBus } from './signed-event-bridge-bus.ts';
import { sqsQueues, sqsVisibility } from './sqs-queues.ts';

/**
 * The Lambda of an agent: its code, the runtime, and AWS. Everything here runs once per container.
 * @throws Error when the manifest reaches for something whose adapter the handler does not name
 */
export function agentHandler<C extends Capabilities, P extends Parameters>(
  agent: Agent<C, P>,
  adapters: AgentAdapters = {},
) {
  checkAdapters(agent.manifest, adapters);
  const env = process.env;
  const logger = jsonLogger({ level: logLevelOf(env[ENV.logLevel]), fields: { agent: agent.manifest.name } });
  const ports = awsAgentPorts(agent.manifest.name, env, adapters, logger);
  const redelivery = { visibility: ports.visibility, queueUrl: ports.inboxUrl };
  return queueHandler({ name: agent.manifest.name, logger, clock: systemClock, redelivery }, agentWork(agent, ports));
}

/** Who needs which adapter. */
const NEEDS: Readonly<Record<keyof AgentAdapters, (manifest: Manifest) => boolean>> = {
  buckets: ({ reaches }) => Object.keys(reaches.buckets).length > 0,
  secrets: ({ reaches }) => reaches.secrets.length > 0,
  claims: ({ effects }) => effects === 'outside',
  steps: ({ uses }) => uses.steps,
  budgets: ({ uses }) => uses.models.length > 0 || uses.tools.length > 0,
  models: ({ uses }) => uses.models.length > 0,
  memory: ({ uses }) => Object.keys(uses.memory).length > 0,
  tools: ({ uses }) => uses.tools.length > 0,
};

function checkAdapters(manifest: Manifest, adapters: AgentAdapters): void {
  const given: Readonly<Record<string, unknown>> = { ...adapters };
  const missing = Object.entries(NEEDS).flatMap(([adapter, needs]) =>
    needs(manifest) && !given[adapter] ? [adapter] : [],
  );
  if (missing.length === 0) return;
  const names = missing.join(', ');
  throw new Error(
    `agent ${manifest.name} needs ${names}: pass them in its handler.ts, agentHandler(agent, { ${names} }), from adapters/aws/agent-adapters.ts (models: adapters/models/agent-models.ts, tools: adapters/tools/agent-tools.ts)`,
  );
}

/** What the manifest's `uses` brings along. */
function abilitiesOf(
  { steps, budgets, models, memory, tools }: AgentAdapters,
  around: AdapterSurroundings,
): AgentAbilities {
  return {
    ...(steps && { steps: steps(around) }),
    ...(budgets && { budgets: budgets(around) }),
    ...(models && { models: models(around) }),
    ...(memory && { memory: memory(around) }),
    ...(tools && { tools: tools(around) }),
  };
}

function awsAgentPorts(
  name: string,
  env: NodeJS.ProcessEnv,
  adapters: AgentAdapters,
  logger: AgentPorts['logger'],
): AgentPorts {
  const settings = clientSettings(env);
  const sqs = sqsClient(settings);
  const inboxes = [required(env, ENV.inboxExpress), required(env, ENV.inboxStandard)];
  const bucketOf = adapters.buckets?.(settings);
  return {
    clock: systemClock,
    ids: systemIds,
    logger,
    queues: sqsQueues(sqs),
    visibility: sqsVisibility(sqs),
    bus: signedEventBridgeBus(settings, required(env, ENV.busName), () => roleCredentials(env)),
    blobs: signedBlobs(objectRequests(settings, required(env, ENV.blobBucket), () => roleCredentials(env))),
    messageSecurity: awsMessageSecurity(name, settings, env),
    secrets: adapters.secrets?.(settings, systemClock) ?? NO_SECRETS,
    claims: adapters.claims?.(settings, required(env, ENV.claimsTable)),
    abilities: abilitiesOf(adapters, { settings, env, clock: systemClock, logger }),
    bucket: (name) => {
      const bucket = env[resourceVariable(ENV.bucketPrefix, name)];
      return bucket ? bucketOf?.(bucket) : undefined;
    },
    secretName: (name) => env[resourceVariable(ENV.secretPrefix, name)] || undefined,
    setting: (name) => env[resourceVariable(ENV.settingPrefix, name)] || undefined,
    inboxUrl: (arn) => inboxes.find((url) => url.endsWith(`/${arn.split(':').at(-1)}`)),
    coordinatorQueue: required(env, ENV.coordinatorQueue),
  };
}

/** Never asked: the runtime refuses a secret that the manifest does not name before it comes here. */
const NO_SECRETS: AgentPorts['secrets'] = {
  get: (name) => Promise.reject(new Error(`this agent has no secrets, so none called ${name}`)),
};
