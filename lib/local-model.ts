import type { ConfigInput } from './config-schema.ts';

/** Where `muster model` listens, unless it is told otherwise, and where the stage "local" looks for it. */
export const LOCAL_MODEL_PORT = 11_535;

/** The models of the stage "local": one small real model for every name that samples use. It costs nothing. */
export const LOCAL_MODELS: NonNullable<ConfigInput['models']> = {
  fast: {
    provider: 'openai-compatible',
    id: 'smollm2-135m',
    baseUrl: `http://127.0.0.1:${LOCAL_MODEL_PORT}/v1`,
    price: { inputPerMillion: 0, outputPerMillion: 0 },
    maxOutputTokens: 256,
    contextTokens: 2_048,
  },
};
