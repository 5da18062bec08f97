import type { OpenAiCompatibleSettings } from '../../../lambdas/adapters/models/openai-compatible.ts';
import { ModelSettings } from '../../../lambdas/contracts/model-settings.ts';

/** The settings of the recorded model. */
export function recorded(baseUrl: string): OpenAiCompatibleSettings {
  const price = { inputPerMillion: 0, outputPerMillion: 0 };
  const settings = ModelSettings.parse({ provider: 'openai-compatible', id: 'smollm2-135m', baseUrl, price });
  if (settings.provider !== 'openai-compatible') throw new Error('that is another provider');
  return settings;
}
