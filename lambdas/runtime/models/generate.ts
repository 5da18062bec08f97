import type { JsonObject } from '../../contracts/json.ts';
import type { ModelAnswer, ModelRequest } from '../model.ts';
import type { AtPaidWork } from '../open-abilities.ts';
import { type ChainCall, callChain } from './call-chain.ts';
import type { Endpoint, ModelPorts } from './endpoint.ts';
import { mostInputTokens } from './estimate.ts';
import type { ProviderAnswer, ProviderRequest } from './provider.ts';
import { checkContext, providerRequest } from './request.ts';
import { fromCache, isWorthKeeping, responseKey } from './response-cache.ts';

/** A model's name, and what stands in for it. */
export type Chain = readonly [Endpoint, ...Endpoint[]];

/** How one request goes to one model. */
export type Exchange = (endpoint: Endpoint, request: ProviderRequest, signal: AbortSignal) => Promise<ProviderAnswer>;

const whole: Exchange = ({ provider }, request, signal) => provider.generate(request, signal);

/** What a request is for. */
export interface AskedFor {
  /** Default: the whole answer at once. */
  readonly exchange?: Exchange;
  readonly schema?: JsonObject;
  /** False as soon as something of the answer is out. Default: always true. */
  readonly mayRetry?: () => boolean;
}

/**
 * One answer, from the cache or from a model of the chain. To be used inside of an operation, which remembers it.
 * @throws as callChain; DataError `bad_model_request`, NonRecoverableError `context_too_long`
 */
export async function generate(
  chain: Chain,
  work: AtPaidWork,
  ports: ModelPorts,
  request: ModelRequest,
  { exchange = whole, schema, mayRetry }: AskedFor = {},
): Promise<ModelAnswer> {
  const [first] = chain;
  const requestFor = ({ settings }: Endpoint): ProviderRequest => providerRequest(request, settings, schema);
  const asked = requestFor(first);
  const cache = request.cache && ports.cache;
  const key = cache ? responseKey(work.tenant, first.name, first.settings, asked) : '';
  const kept = await cache?.get(key);
  if (kept !== undefined) return fromCache(kept);

  const call: ChainCall<ProviderAnswer> = {
    bound: (endpoint) => {
      const own = requestFor(endpoint);
      checkContext(own, endpoint.settings);
      return { input: mostInputTokens(own), output: own.maxOutputTokens };
    },
    send: async (endpoint, signal) => {
      const value = await exchange(endpoint, requestFor(endpoint), signal);
      return { value, usage: value.usage };
    },
    ...(mayRetry && { mayRetry }),
  };
  const { value, usage, usd, model } = await callChain(chain, work, ports, call);
  const { text, toolCalls, finish } = value;
  const answer: ModelAnswer = { text, toolCalls, finish, usage, usd, model };
  if (cache && request.cache && isWorthKeeping(answer, first.name)) await cache.put(key, answer, request.cache.seconds);
  return answer;
}
