import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { KeyRing } from '../../access/key-ring.ts';
import type { SigningKeys } from '../../access/ports.ts';
import { isServiceError, serviceCall } from './service-failure.ts';

/**
 * The private keys of the embedded issuer, in a secret that starts out without a value.
 * @param secret its name or ARN
 */
export function secretTokenKeys(client: SecretsManagerClient, secret: string): SigningKeys {
  return {
    read: () =>
      serviceCall('secret_unavailable', 'reading the keys that sign tokens', async () => {
        try {
          const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }));
          return SecretString ? KeyRing.parse(JSON.parse(SecretString)) : undefined;
        } catch (error) {
          // A secret that was never given a value; one that is not there at all is noticed by the write.
          if (isServiceError(error, 'ResourceNotFoundException')) return undefined;
          throw error;
        }
      }),
    write: (ring) =>
      serviceCall('secret_unavailable', 'writing the keys that sign tokens', async () => {
        await client.send(new PutSecretValueCommand({ SecretId: secret, SecretString: JSON.stringify(ring) }));
      }),
  };
}
