import { createHash } from 'node:crypto';
import type { Json } from '../../contracts/json.ts';
import type { ModelSettings } from '../../contracts/model-settings.ts';
import type { ModelAnswer } from '../model.ts';
import type { ProviderRequest } from './provider.ts';

/** Of the key's form: another one finds nothing of what was kept before. */
const VERSION = 1;

/** What a model costs, how many may ask it and what stands in for it changes no answer. */
const NO_MATTER = new Set<string>([
  'price',
  'maxConcurrent',
  'tokensPerMinute',
  'requestsPerMinute',
  'fallback',
] satisfies Array<keyof ModelSettings>);

/**
 * Who is asked, as it is configured, and what: equal exactly where the same answer would do. The order of fields counts
 * for nothing, the tenant for everything: the key begins with it, so that all that is kept of a tenant can be found.
 */
export function responseKey(tenant: string, name: string, settings: ModelSettings, request: ProviderRequest): string {
  const model = Object.fromEntries(Object.entries(settings).filter(([field]) => !NO_MATTER.has(field)));
  const text = JSON.stringify(ordered({ version: VERSION, tenant, name, model, request }));
  return `${tenant}/${createHash('sha256').update(text).digest('hex')}`;
}

function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, inner]) => [key, ordered(inner)]);
}

/** Only whole answers of the model that was asked are worth keeping. */
export function isWorthKeeping(answer: ModelAnswer, name: string): boolean {
  return answer.model === name && (answer.finish === 'stop' || answer.finish === 'tool_calls');
}

/** A kept answer costs nothing now. Its token counts stay: they say how long it is. */
export function fromCache(kept: Json): ModelAnswer {
  return { ...(kept as ModelAnswer), usd: 0, cached: true };
}
