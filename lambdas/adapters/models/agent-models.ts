import { ENV } from '../../contracts/environment.ts';
import { Models, rateOf } from '../../contracts/model-settings.ts';
import { createBucket } from '../../runtime/budgets/bucket.ts';
import { createModels } from '../../runtime/models/models.ts';
import { createTokenStreams } from '../../runtime/models/token-stream.ts';
import { createTwoLevelCache } from '../../runtime/pools/two-level-cache.ts';
import type { AgentAdapters } from '../aws/agent-adapters.ts';
import { dynamoClient, secretsClient, sqsClient } from '../aws/clients.ts';
import { dynamoLeases } from '../aws/dynamo-leases.ts';
import { dynamoRates } from '../aws/dynamo-rates.ts';
import { dynamoSharedCache } from '../aws/dynamo-shared-cache.ts';
import { dynamoWatches } from '../aws/dynamo-watches.ts';
import { required } from '../aws/required.ts';
import { secretsManagerSecrets } from '../aws/secrets-manager-secrets.ts';
import { sqsQueues } from '../aws/sqs-queues.ts';
import { secureRandom, systemIds } from '../system.ts';
import { modelProviders } from './model-providers.ts';

/**
 * For `uses.models`: `agentHandler(agent, { steps, budgets, models })`. In a file of its own, because it brings the clients
 * of every provider along.
 * @throws Error when the stack that deploys the agent has not said what its models are
 */
export const models: NonNullable<AgentAdapters['models']> = ({ settings, env, clock, logger }) => {
  const configured = Models.parse(JSON.parse(required(env, ENV.agentModels)));
  const dynamo = dynamoClient(settings);
  const budgets = required(env, ENV.budgetsTable);
  const shared = dynamoSharedCache(dynamo, required(env, ENV.ledgerTable), required(env, ENV.agentName));
  return createModels({
    ...{ clock, logger, ids: systemIds, random: secureRandom, models: configured },
    provider: modelProviders(settings, secretsManagerSecrets(secretsClient(settings), clock)),
    cache: createTwoLevelCache({ clock, logger, shared }),
    leases: dynamoLeases(dynamo, budgets, clock),
    bucket: createBucket(dynamoRates(dynamo, budgets), (name) => rateOf(configured[name]), clock),
    ...(env[ENV.streamQueue] && {
      tokens: createTokenStreams({
        ...{ clock, logger, ids: systemIds },
        queues: sqsQueues(sqsClient(settings)),
        watches: dynamoWatches(dynamo, required(env, ENV.streamsTable), clock),
        queue: required(env, ENV.streamQueue),
      }),
    }),
  });
};
