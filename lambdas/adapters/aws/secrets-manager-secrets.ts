import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock, Secrets } from '../../runtime/ports.ts';
import { cached } from '../cached.ts';
import { serviceCall } from './service-failure.ts';

/** How old a secret's value may be: a rotated one is picked up after this. */
export const SECRET_CACHE_MS = 5 * 60_000;

/** Secrets in Secrets Manager; a name is a secret's name or ARN. */
export function secretsManagerSecrets(client: SecretsManagerClient, clock: Clock): Secrets {
  const read = cached(clock, SECRET_CACHE_MS, (name) =>
    serviceCall('secret_unavailable', `reading the secret "${name}"`, async () => {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
      if (SecretString === undefined) throw new Error('it holds no text');
      return SecretString;
    }),
  );
  return {
    get(name, { fresh = false } = {}) {
      if (fresh) read.forget();
      return read(name);
    },
  };
}
