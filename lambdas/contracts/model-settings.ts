import * as z from 'zod';
import { behindProfile, listPrice, type ModelPrice, PRICES_AS_OF } from './model-prices.ts';

export const ModelName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'a model\'s name is 1-40 of a-z, 0-9 and "-", such as "fast"');

const Price = z.strictObject({
  inputPerMillion: z.number().nonnegative(),
  outputPerMillion: z.number().nonnegative(),
});

const shared = {
  kind: z.enum(['chat', 'embedding']).default('chat'),
  price: Price.optional().describe('Dollars for a million tokens; Bedrock models have list prices'),
  fallback: ModelName.optional().describe('Which model takes over when this one is down'),
  maxConcurrent: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe('Calls at once over all containers; default: 10 in each'),
  tokensPerMinute: z.number().int().positive().optional().describe('For each tenant, over all containers'),
  requestsPerMinute: z.number().int().positive().optional().describe('For each tenant, over all containers'),
  timeoutSeconds: z.number().int().min(1).max(600).default(60).describe('For one answer'),
  maxOutputTokens: z.number().int().min(1).max(200_000).default(1_024).describe('Where a call names no other'),
  contextTokens: z.number().int().min(1).optional().describe('A request that is surely longer is refused unsent'),
  dimensions: z.number().int().min(1).max(8_192).optional().describe('Of an embedding, where the model offers several'),
};

const BedrockModel = z.strictObject({
  provider: z.literal('bedrock'),
  id: z
    .string()
    .regex(/^[\w.:/-]{3,256}$/, 'is the id of a model or an inference profile in Amazon Bedrock, or its ARN')
    .refine((id) => !id.startsWith('arn:') || /^arn:[\w-]+:bedrock:[\w-]+:\d{0,12}:[\w./:-]+$/.test(id), {
      error: 'is not the ARN of something in Amazon Bedrock',
    }),
  regions: z
    .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is an AWS region'))
    .min(1)
    .optional()
    .describe('Of an inference profile: where it sends calls to (aws bedrock get-inference-profile says)'),
  ...shared,
});

const OpenAiCompatibleModel = z.strictObject({
  provider: z.literal('openai-compatible'),
  id: z.string().min(1).max(256),
  baseUrl: z.url({ protocol: /^https?$/, error: 'is an http(s) URL such as "https://models.example.com/v1"' }),
  secret: z
    .string()
    .regex(/^[\w/+=.@:-]{1,512}$/, 'is the name of a secret in AWS Secrets Manager, never the key itself')
    .optional(),
  structured: z
    .enum(['schema', 'json', 'prompt'])
    .default('schema')
    .describe('How the endpoint is held to a JSON schema: by it, by JSON alone, or only by being told'),
  ...shared,
});

/** A model that agents may use, as the configuration describes it. */
export const ModelSettings = z
  .discriminatedUnion('provider', [BedrockModel, OpenAiCompatibleModel])
  .superRefine((model, context) => {
    const problem = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (priceOf(model) === undefined)
      problem(
        'price',
        `is needed: no list price of this model is known, as of ${PRICES_AS_OF} ({"inputPerMillion":0,"outputPerMillion":0} for one you run yourself)`,
      );
    if (model.provider === 'bedrock') {
      const isProfile = behindProfile(model.id) !== undefined;
      if (isProfile && !model.regions)
        problem('regions', 'is needed for an inference profile: `aws bedrock get-inference-profile` says which');
      if (!isProfile && model.regions) problem('regions', 'is for inference profiles only');
    } else {
      const { protocol, username, password } = new URL(model.baseUrl);
      if (username || password)
        problem('baseUrl', 'holds credentials: put the key into a secret and name it in "secret"');
      if (model.secret && protocol === 'http:' && !isLoopback(model.baseUrl))
        problem('baseUrl', 'is http, which would send the secret in the clear: use https');
    }
  });
export type ModelSettings = z.infer<typeof ModelSettings>;

/** Models by the names that manifests give in `uses.models`. */
export const Models = z.record(z.string(), ModelSettings).superRefine((models, context) => {
  for (const name of Object.keys(models))
    for (const { message } of ModelName.safeParse(name).error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [name], message });
  for (const [name, { fallback, kind }] of Object.entries(models)) {
    const problem = (message: string): void => context.addIssue({ code: 'custom', path: [name, 'fallback'], message });
    if (fallback === undefined) continue;
    const other = Object.hasOwn(models, fallback) ? models[fallback] : undefined;
    if (!other) problem(`there is no model "${fallback}"`);
    else if (other.kind !== kind) problem(`"${fallback}" is for ${other.kind}, and this one for ${kind}`);
    else if (kind === 'embedding') problem('vectors of two models can not be compared: an embedding has no fallback');
    else if (chainOf(models, name).at(-1) === undefined) problem('goes in a circle');
  }
});
export type Models = z.infer<typeof Models>;

/**
 * A model's name, then what it falls back to, in their order. Ends with undefined where that goes in a circle or to a model
 * that there is not.
 */
export function chainOf(
  models: Readonly<Record<string, Pick<ModelSettings, 'fallback'>>>,
  name: string,
): Array<string | undefined> {
  const chain: Array<string | undefined> = [];
  for (let next: string | undefined = name; next !== undefined; ) {
    const model: Pick<ModelSettings, 'fallback'> | undefined = Object.hasOwn(models, next) ? models[next] : undefined;
    if (!model || chain.includes(next)) return [...chain, undefined];
    chain.push(next);
    next = model.fallback;
  }
  return chain;
}

/** What a million of its tokens cost: what the configuration says, else the list price. */
export function priceOf(model: {
  provider: string;
  id: string;
  price?: ModelPrice | undefined;
}): ModelPrice | undefined {
  return model.price ?? (model.provider === 'bedrock' ? listPrice(model.id) : undefined);
}

/** What calls of this use cost, in dollars. Unknown prices are an error of the configuration, so here they are 0. */
export function costOf(model: ModelSettings, inputTokens: number, outputTokens: number): number {
  const price = priceOf(model) ?? { inputPerMillion: 0, outputPerMillion: 0 };
  return (inputTokens * price.inputPerMillion + outputTokens * price.outputPerMillion) / 1_000_000;
}

/** The rate that the configuration bounds the model to; what it does not name is no bound. */
export function rateOf(model: ModelSettings | undefined): { tokensPerMinute?: number; requestsPerMinute?: number } {
  const { tokensPerMinute, requestsPerMinute } = model ?? {};
  return {
    ...(tokensPerMinute !== undefined && { tokensPerMinute }),
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
  };
}

function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
