import * as z from 'zod';
import { MusterError } from '../../../contracts/errors.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import type { Model, ModelAnswer } from '../../../runtime/model.ts';

/** The model of this system, by the name that the configuration gives it. */
export const MODEL = 'fast';

/** Who answered, and if it was no model, why not. */
export const AnsweredBy = z.discriminatedUnion('way', [
  z.object({
    way: z.literal('model'),
    model: z.string(),
    input_tokens: z.number().int(),
    output_tokens: z.number().int(),
  }),
  z.object({ way: z.literal('statistics'), method: z.string(), why: z.string() }),
]);
export type AnsweredBy = z.infer<typeof AnsweredBy>;

/** How an answer is wanted. */
export const Way = z
  .enum(['auto', 'statistics'])
  .default('auto')
  .describe('auto: a model where there is one, else statistics; statistics: no model is asked');
export type Way = z.infer<typeof Way>;

/** What a model's answer came to: a value, or why it can't be used. */
export type Read<T> = { readonly value: T; readonly answer: ModelAnswer } | { readonly unfit: string };

/** The model's final no: none of these gets better by asking it again. */
const FINAL = [
  'model_unavailable',
  'model_not_configured',
  'model_not_permitted',
  'no_such_model',
  'model_request_refused',
  'model_output_invalid',
  'model_output_cut',
  'model_output_filtered',
  'context_too_long',
  'budget_exhausted',
];

/**
 * The answer of a model, if there is one and what it says can be used; else what statistics make of it. Which of the two it
 * was stands beside it, with the reason.
 */
export async function answered<T>(
  ctx: Pick<AgentContext, 'model' | 'logger'>,
  way: Way,
  ask: (model: Model) => Promise<Read<T>>,
  otherwise: () => { readonly value: T; readonly method: string },
): Promise<{ readonly value: T; readonly by: AnsweredBy }> {
  const read = way === 'statistics' ? { unfit: 'it was asked for, or this agent has no model' } : await asked(ctx, ask);
  if ('unfit' in read) {
    const { value, method } = otherwise();
    // What comes behind may be a model's words, or values out of somebody's table.
    if (way !== 'statistics') ctx.logger.info('answered without a model', { why: read.unfit.split(':', 1)[0] });
    return { value, by: { way: 'statistics', method, why: read.unfit.slice(0, 500) } };
  }
  const { model, usage } = read.answer;
  return { value: read.value, by: { way: 'model', model, ...usage } };
}

async function asked<T>(ctx: Pick<AgentContext, 'model'>, ask: (model: Model) => Promise<Read<T>>): Promise<Read<T>> {
  try {
    return await ask(ctx.model(MODEL));
  } catch (error) {
    if (!(error instanceof MusterError) || !FINAL.includes(error.code)) throw error;
    return { unfit: `${error.code}: ${error.message}` };
  }
}
