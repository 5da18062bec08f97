import { ENV } from '../../contracts/environment.ts';
import type { Ability } from '../../runtime/abilities.ts';
import { createBudgets } from '../../runtime/budgets/budgets.ts';
import type { Spending } from '../../runtime/budgets/guard.ts';
import { durableSteps } from '../../runtime/durable/steps.ts';
import { createMemoryAbility } from '../../runtime/memory/ability.ts';
import type { Model } from '../../runtime/model.ts';
import type { MemoryAbility, OpenSteps, PaidAbility, ToolAbility } from '../../runtime/open-abilities.ts';
import type { Claims, Clock, Logger, ObjectStore, Secrets } from '../../runtime/ports.ts';
import { secureRandom } from '../system.ts';
import { type ClientSettings, dynamoClient, dynamoClientOnce, s3Client, secretsClient } from './clients.ts';
import { dynamoAccounts } from './dynamo-accounts.ts';
import { dynamoClaims } from './dynamo-claims.ts';
import { dynamoStepLedger } from './dynamo-step-ledger.ts';
import { dynamoStops } from './dynamo-stops.ts';
import { memoryDoor } from './memory-door.ts';
import { required } from './required.ts';
import { roleCredentials } from './role-credentials.ts';
import { s3ObjectStore } from './s3-object-store.ts';
import { secretsManagerSecrets } from './secrets-manager-secrets.ts';

/** What an adapter of an ability is made from. */
export interface AdapterSurroundings {
  readonly settings: ClientSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What only some agents reach. A handler names those that its manifest needs, so that every other agent's bundle goes
 * without their clients, and its cold start too.
 */
export interface AgentAdapters {
  /** For `reaches.buckets`. */
  readonly buckets?: (settings: ClientSettings) => (bucket: string) => ObjectStore;
  /** For `reaches.secrets`. */
  readonly secrets?: (settings: ClientSettings, clock: Clock) => Secrets;
  /** For `effects: outside`. */
  readonly claims?: (settings: ClientSettings, table: string) => Claims;
  /** For `uses.steps`, models and tools. */
  readonly steps?: (around: AdapterSurroundings) => OpenSteps;
  /** For models and tools. */
  readonly budgets?: (around: AdapterSurroundings) => Ability<Spending>;
  /** For `uses.models`; from adapters/models/agent-models.ts. */
  readonly models?: (around: AdapterSurroundings) => PaidAbility<(name: string) => Model>;
  /** For `uses.memory`. */
  readonly memory?: (around: AdapterSurroundings) => MemoryAbility;
  /** For `uses.tools`; from adapters/tools/agent-tools.ts. */
  readonly tools?: (around: AdapterSurroundings) => ToolAbility;
}

export const buckets: NonNullable<AgentAdapters['buckets']> = (settings) => {
  const client = s3Client(settings);
  return (bucket) => s3ObjectStore(client, bucket);
};

export const secrets: NonNullable<AgentAdapters['secrets']> = (settings, clock) =>
  secretsManagerSecrets(secretsClient(settings), clock);

export const claims: NonNullable<AgentAdapters['claims']> = (settings, table) =>
  dynamoClaims(dynamoClient(settings), table);

export const steps: NonNullable<AgentAdapters['steps']> = ({ settings, env }) =>
  durableSteps({ ledger: dynamoStepLedger(dynamoClient(settings), required(env, ENV.ledgerTable)) });

export const budgets: NonNullable<AgentAdapters['budgets']> = ({ settings, env, clock }) => {
  const table = required(env, ENV.budgetsTable);
  const tables = { registry: required(env, ENV.registryTable), budgets: table };
  return createBudgets({
    accounts: dynamoAccounts(dynamoClientOnce(settings), table),
    stops: dynamoStops(dynamoClient(settings), tables, clock),
    random: secureRandom,
  });
};

export const memory: NonNullable<AgentAdapters['memory']> = ({ settings, env }) =>
  createMemoryAbility(memoryDoor(settings, required(env, ENV.memoryFunction), () => roleCredentials(env)));
