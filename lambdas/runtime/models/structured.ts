import * as z from 'zod';
import { issuesOf, NonRecoverableError } from '../../contracts/errors.ts';
import { type Json, JsonObject } from '../../contracts/json.ts';
import type { ModelAnswer, ModelMessage, ObjectRequest } from '../model.ts';

/** The JSON Schema that a model is given of a zod schema. @throws Error where JSON can't carry what it describes */
export function schemaFor(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return JsonObject.parse(JSON.parse(JSON.stringify(rest)));
}

export type Read<T> = { readonly ok: true; readonly object: T } | { readonly ok: false; readonly problem: string };

/**
 * What a model wrote, as the schema wants it.
 * @throws NonRecoverableError `model_output_cut`, `model_output_filtered`: more of the same would not help
 */
export function readObject<S extends z.ZodType>(answer: ModelAnswer, schema: S): Read<z.output<S>> {
  const { finish, model, usage } = answer;
  const details = { model, output_tokens: usage.output_tokens };
  if (finish === 'content_filter')
    throw new NonRecoverableError('model_output_filtered', `a filter of ${model} kept its answer back`, details);
  const value = jsonIn(answer.text);
  const parsed = value === undefined ? undefined : schema.safeParse(value);
  if (parsed?.success) return { ok: true, object: parsed.data };
  if (finish === 'length')
    throw new NonRecoverableError(
      'model_output_cut',
      `the answer of ${model} ended at its limit of tokens; raise maxOutputTokens, or ask for less`,
      details,
    );
  return { ok: false, problem: parsed ? issuesOf(parsed.error).slice(0, 1_000) : 'it is not JSON' };
}

/** Some models put a fence around it; nothing else is taken off: a guess at what was meant is no answer. */
function jsonIn(text: string): Json | undefined {
  const inside = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text)?.[1] ?? text;
  try {
    return JSON.parse(inside);
  } catch {
    return undefined;
  }
}

const LONGEST_SHOWN = 8_000;

/** The request once more, with the answer that did not fit and why. */
export function repairRequest(request: ObjectRequest, answer: ModelAnswer, problem: string): ObjectRequest {
  const { prompt, messages = [], ...rest } = request;
  const before: ModelMessage[] = prompt === undefined ? [...messages] : [{ role: 'user', content: prompt }];
  const shown = answer.text.slice(0, LONGEST_SHOWN);
  return {
    ...rest,
    messages: [
      ...before,
      { role: 'assistant', content: shown.trim() === '' ? '(nothing)' : shown },
      {
        role: 'user',
        content: `That answer can't be used: ${problem}. Answer with the corrected JSON document and nothing else.`,
      },
    ],
  };
}

export function outputInvalid(answer: ModelAnswer, problem: string): NonRecoverableError {
  return new NonRecoverableError(
    'model_output_invalid',
    `${answer.model} did not answer as the schema wants, not even when it was told why: ${problem}`.slice(0, 2_000),
    { model: answer.model, answer: answer.text.slice(0, 500) },
  );
}
