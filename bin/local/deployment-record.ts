import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { localSettings } from '../cloud/target.ts';

const RECORD = 'muster/local/deployment';

async function withSecrets<T>(endpoint: string, work: (client: SecretsManagerClient) => Promise<T>): Promise<T> {
  const client = new SecretsManagerClient(localSettings(endpoint));
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

/** Writes a secret of the local cloud. */
export function putSecret(endpoint: string, name: string, value: string): Promise<void> {
  return withSecrets(endpoint, async (client) => {
    try {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: value }));
    } catch (error) {
      if (!(error instanceof ResourceExistsException)) throw error;
      await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
    }
  });
}

/**
 * The hash of what was deployed last. It lies in the emulator and not in a file, so that it is lost
 * together with the stacks when the emulator loses its state.
 */
export function readDeployment(endpoint: string): Promise<string | undefined> {
  return withSecrets(endpoint, async (client) => {
    try {
      return (await client.send(new GetSecretValueCommand({ SecretId: RECORD }))).SecretString;
    } catch {
      return undefined;
    }
  });
}

export function writeDeployment(endpoint: string, hash: string): Promise<void> {
  return putSecret(endpoint, RECORD, hash);
}
