/** Dollars for a million tokens. */
export interface ModelPrice {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
}

/** When {@link PRICES} was put together. Prices change: whoever bills by them checks them first. */
export const PRICES_AS_OF = '2026-11-21';

/**
 * List prices on demand in us-east-1, by the model id of Amazon Bedrock without the prefix of an inference profile.
 * Where a profile that keeps to one geography costs a tenth more than a global one, the dearer is here: a budget may
 * stop too early, never too late. Discounts, cached prompts and batches are not in it.
 * Source: https://aws.amazon.com/bedrock/pricing/, as of {@link PRICES_AS_OF}. A `price` in the configuration wins.
 */
export const PRICES: Readonly<Record<string, ModelPrice>> = {
  'amazon.nova-micro-v1:0': { inputPerMillion: 0.035, outputPerMillion: 0.14 },
  'amazon.nova-lite-v1:0': { inputPerMillion: 0.06, outputPerMillion: 0.24 },
  'amazon.nova-pro-v1:0': { inputPerMillion: 0.8, outputPerMillion: 3.2 },
  'anthropic.claude-3-haiku-20240307-v1:0': { inputPerMillion: 0.25, outputPerMillion: 1.25 },
  'anthropic.claude-3-5-haiku-20241022-v1:0': { inputPerMillion: 0.8, outputPerMillion: 4 },
  'anthropic.claude-haiku-4-5-20251001-v1:0': { inputPerMillion: 1.1, outputPerMillion: 5.5 },
  'anthropic.claude-sonnet-4-5-20250929-v1:0': { inputPerMillion: 3.3, outputPerMillion: 16.5 },
  'anthropic.claude-opus-4-5-20251101-v1:0': { inputPerMillion: 5.5, outputPerMillion: 27.5 },
  'meta.llama3-3-70b-instruct-v1:0': { inputPerMillion: 0.72, outputPerMillion: 0.72 },
  'amazon.titan-embed-text-v2:0': { inputPerMillion: 0.02, outputPerMillion: 0 },
  'cohere.embed-english-v3': { inputPerMillion: 0.1, outputPerMillion: 0 },
  'cohere.embed-multilingual-v3': { inputPerMillion: 0.1, outputPerMillion: 0 },
};

/** The prefixes of Bedrock's inference profiles: calls go to several regions of a geography, or to any. */
const PROFILE = /^(us|us-gov|eu|apac|jp|au|ca|sa|global)\./;

/** The foundation model behind an inference profile's id; undefined when the id is no such profile's. */
export function behindProfile(id: string): string | undefined {
  return PROFILE.test(id) ? id.replace(PROFILE, '') : undefined;
}

/** The list price of a Bedrock model or inference profile; undefined when the table does not know it. */
export function listPrice(id: string): ModelPrice | undefined {
  const model = behindProfile(id) ?? id;
  return Object.hasOwn(PRICES, model) ? PRICES[model] : undefined;
}
