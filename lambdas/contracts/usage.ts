import * as z from 'zod';

/** What work with models and tools has used so far. */
export const Usage = z.object({
  usd: z.number().nonnegative().describe('By the price table of the deployment'),
  input_tokens: z.number().int().nonnegative(),
  output_tokens: z.number().int().nonnegative(),
  model_calls: z.number().int().nonnegative(),
  tool_calls: z.number().int().nonnegative(),
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
  };
}
