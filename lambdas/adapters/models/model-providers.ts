import type { ModelSettings } from '../../contracts/model-settings.ts';
import type { ModelProvider } from '../../runtime/models/provider.ts';
import type { Secrets } from '../../runtime/ports.ts';
import type { ClientSettings } from '../aws/clients.ts';
import { lazy } from '../lazy.ts';
import { createPooledFetch } from '../pooled-fetch.ts';
import { bedrockModel } from './bedrock.ts';
import { bedrockClient } from './bedrock-client.ts';
import { openAiCompatibleModel } from './openai-compatible.ts';

/** Nothing is heard for so long while a slow model reads a long prompt; each call has its own limit beside. */
const SILENCE_MS = 600_000;

/** Models at their providers. Clients and connections are made when they are first needed, and shared. */
export function modelProviders(settings: ClientSettings, secrets: Pick<Secrets, 'get'>) {
  const bedrock = lazy(() => bedrockClient(settings));
  const pooledFetch = lazy(() => createPooledFetch({ timeoutMs: SILENCE_MS }));
  return (_name: string, model: ModelSettings): ModelProvider => {
    if (model.provider === 'bedrock') return bedrockModel(model, bedrock());
    const { secret } = model;
    return openAiCompatibleModel(model, pooledFetch(), secret === undefined ? undefined : () => secrets.get(secret));
  };
}
