import type { Clock } from '../ports.ts';
import type { Bucket, ModelRate } from './guard.ts';
import { costsOf, type Rates } from './rate.ts';

/**
 * Keeps to the rates of models over all containers: what a provider would answer with 429 is not sent.
 * @param rateOf of a model; undefined: it has none
 */
export function createBucket(rates: Rates, rateOf: (model: string) => ModelRate | undefined, clock: Clock): Bucket {
  /** Tokens that were taken and not used, by tenant and model. */
  const unused = new Map<string, number>();
  const nameOf = (tenant: string, model: string): string => `${tenant} ${model}`;
  return {
    async take(tenant, model, tokens) {
      const rate = rateOf(model);
      if (rate?.tokensPerMinute === undefined && rate?.requestsPerMinute === undefined) return { ok: true };
      const name = nameOf(tenant, model);
      const less = Math.min(tokens, unused.get(name) ?? 0);
      unused.set(name, (unused.get(name) ?? 0) - less);
      const now = clock.now();
      const wait = await rates.take({ tenant, model }, costsOf(rate, tokens - less, now), now);
      if (wait === 0) return { ok: true };
      unused.set(name, (unused.get(name) ?? 0) + less);
      return { retryAfterMs: Math.ceil(wait) };
    },
    giveBack(tenant, model, tokens) {
      if (tokens <= 0 || rateOf(model)?.tokensPerMinute === undefined) return;
      const name = nameOf(tenant, model);
      unused.set(name, (unused.get(name) ?? 0) + tokens);
    },
  };
}
