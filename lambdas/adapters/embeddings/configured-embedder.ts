import { MemoryEmbeddings } from '../../contracts/memory-embeddings.ts';
import type { Embedder } from '../../runtime/memory/embedder.ts';
import type { Clock } from '../../runtime/ports.ts';
import { type ClientSettings, secretsClient } from '../aws/clients.ts';
import { secretsManagerSecrets } from '../aws/secrets-manager-secrets.ts';
import { modelProviders } from '../models/model-providers.ts';
import { localEmbedder } from './local-embedder.ts';
import { modelEmbedder } from './model-embedder.ts';

/** What the stack says of embeddings. @param text JSON; undefined when there are none */
export function configuredEmbedder(
  text: string | undefined,
  settings: ClientSettings,
  clock: Clock,
): Embedder | undefined {
  if (text === undefined) return undefined;
  const configured = MemoryEmbeddings.parse(JSON.parse(text));
  if (configured === 'local') return localEmbedder();
  const secrets = secretsManagerSecrets(secretsClient(settings), clock);
  return modelEmbedder(configured, modelProviders(settings, secrets)('memory', configured));
}
