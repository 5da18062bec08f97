import * as z from 'zod';

/** What work with models and tools has used so far. */
export const Usage = z.object({
  usd: z.number().nonnegative().describe('By the price table of the deployment'),
  input_tokens: z.number().int().nonnegative(),
  output_tokens: z.number().int().nonnegative(),
  model_calls: z.number().int().nonnegative(),
  tool_calls: z.number().int().nonnegative(),
  models: z.array(z.string().max(128)).max(8).optional().describe('Those that were called, the last one last'),
});
export type Usage = z.infer<typeof Usage>;

export const NO_USAGE: Usage = { usd: 0, input_tokens: 0, output_tokens: 0, model_calls: 0, tool_calls: 0 };

export function sumOf(one: Usage, other: Usage): Usage {
  return {
    usd: one.usd + other.usd,
    input_tokens: one.input_tokens + other.input_tokens,
    output_tokens: one.output_tokens + other.output_tokens,
    model_calls: one.model_calls + other.model_calls,
    tool_calls: one.tool_calls + other.tool_calls,
    ...modelsOf(one.models, other.models),
  };
}

/** The last so many that were called. */
const MOST_MODELS = 8;

function modelsOf(one: Usage['models'], other: Usage['models']): Pick<Usage, 'models'> {
  if (!one && !other) return {};
  const last = other ?? [];
  return { models: [...(one ?? []).filter((model) => !last.includes(model)), ...last].slice(-MOST_MODELS) };
}
