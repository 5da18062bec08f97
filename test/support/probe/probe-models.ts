import type { ConfigInput } from '../../../lib/config-schema.ts';

/** Where the tests of budgets put an endpoint that does what it is told. */
export const PROBE_MODEL_PORT = 11_537;

const at = {
  provider: 'openai-compatible',
  id: 'scripted',
  baseUrl: `http://127.0.0.1:${PROBE_MODEL_PORT}/v1`,
} as const;

/** A call of the dear one is at most some 0.11 USD, and one of the cheap one a tenth of that. */
export const PROBE_MODELS: NonNullable<ConfigInput['models']> = {
  'probe-dear': {
    ...at,
    price: { inputPerMillion: 100, outputPerMillion: 1_000 },
    fallback: 'probe-cheap',
  },
  'probe-plain': { ...at, price: { inputPerMillion: 1, outputPerMillion: 1 }, maxConcurrent: 2, timeoutSeconds: 10 },
  'probe-bedrock': { provider: 'bedrock', id: 'amazon.nova-lite-v1:0' },
  'probe-cheap': { ...at, price: { inputPerMillion: 10, outputPerMillion: 100 } },
};
