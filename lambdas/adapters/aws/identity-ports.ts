import { cachedKeys } from '../../access/cached-keys.ts';
import { fetchKeySet } from '../../access/fetch-key-set.ts';
import { keySetOf } from '../../access/key-ring.ts';
import { createVerifier, type VerifyToken } from '../../access/verify-token.ts';
import { ENV } from '../../contracts/environment.ts';
import { IdentitySettings } from '../../contracts/identity-settings.ts';
import type { Registry } from '../../runtime/ports.ts';
import { createKeyRing } from '../../runtime/signing/key-ring.ts';
import { agentIdentities } from '../agent-identity.ts';
import { lazy } from '../lazy.ts';
import { systemClock } from '../system.ts';
import { clientSettings, dynamoClient, secretsClient } from './clients.ts';
import { dynamoTokenKeys } from './dynamo-token-keys.ts';
import { dynamoTokenRevocations } from './dynamo-token-revocations.ts';
import { required } from './required.ts';
import { roleCredentials } from './role-credentials.ts';
import { secretTokenKeys } from './secret-token-keys.ts';
import { messageKeysOf } from './signed-message-keys.ts';

/**
 * Identity, wired from a Lambda's environment. Each port is made when it is first called. Call once per container.
 * @throws Error naming the variable, at the first use of a port whose variable is not set
 */
export function identityPorts(env: NodeJS.ProcessEnv = process.env) {
  const clock = systemClock;
  const aws = lazy(() => clientSettings(env));
  const dynamo = lazy(() => dynamoClient(aws()));
  const registry = (): string => required(env, ENV.registryTable);
  const settings = lazy(() => IdentitySettings.parse(JSON.parse(required(env, ENV.identity))));
  const publication = lazy(() => dynamoTokenKeys(dynamo(), registry()));
  const revocations = lazy(() => dynamoTokenRevocations(dynamo(), registry(), clock));

  /** The JWK set that this deployment publishes; without keys where an OpenID provider issues the tokens. */
  const publicKeys = async () => keySetOf((await publication().read()) ?? { version: 0, keys: [] }, clock.now());
  const keys = lazy(() => {
    const { jwksUri, algorithms } = settings();
    return cachedKeys({ load: () => (jwksUri ? fetchKeySet(jwksUri) : publicKeys()), clock, algorithms });
  });

  const agentsBy = (agents: Pick<Registry, 'agents'>, table: string) => {
    const published = messageKeysOf(aws(), table, () => roleCredentials(env));
    return agentIdentities(createKeyRing(published, clock), agents, clock);
  };

  return {
    settings,
    publication,
    revocations,
    publicKeys,
    signingKeys: lazy(() => secretTokenKeys(secretsClient(aws()), required(env, ENV.signingKeysSecret))),
    /** @param registry for the tokens of agents; not given, or without the registry of keys: agents have none here */
    verifier(registry?: Pick<Registry, 'agents'>): VerifyToken {
      const table = env[ENV.messageKeysTable];
      const agents = registry && table ? agentsBy(registry, table) : undefined;
      const checks = { settings: settings(), clock, keys: keys(), revocations: revocations() };
      return createVerifier({ ...checks, ...(agents && { agentKeys: agents }) });
    },
  };
}
