import type * as z from 'zod';
import { DataError, issuesOf } from '../../contracts/errors.ts';

/** A prompt with named places. */
export interface Prompt<V extends z.ZodObject> {
  /** @throws DataError `prompt_variables_wrong` naming what is missing, unknown or of another type */
  (variables: z.input<V>): string;
  /** The names of its places. */
  readonly variables: readonly string[];
}

const PLACE = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

/**
 * A prompt from a file of its own:
 *
 *     import text from './prompts/summarize.md' with { type: 'text' };
 *     const summarize = prompt(text, z.object({ text: z.string(), words: z.number() }));
 *
 * `{{name}}` in the file is where a variable goes; what is not text goes in as JSON. What a variable holds is never read for
 * places of its own.
 * @throws Error when file and schema do not name the same variables: at once, where the prompt is made
 */
export function prompt<V extends z.ZodObject>(text: string, schema: V): Prompt<V> {
  const named = Object.keys(schema.shape);
  const places = [...new Set([...text.matchAll(PLACE)].map(([, name = '']) => name))];
  const unknown = places.filter((place) => !named.includes(place));
  const unused = named.filter((name) => !places.includes(name));
  const beginning = text.trim().slice(0, 60);
  if (unknown.length > 0)
    throw new Error(`the prompt "${beginning}…" has places that its schema does not name: ${unknown.join(', ')}`);
  if (unused.length > 0) throw new Error(`the prompt "${beginning}…" has no place for: ${unused.join(', ')}`);
  const strict = schema.strict();
  const fill = (variables: z.input<V>): string => {
    const parsed = strict.safeParse(variables);
    if (!parsed.success)
      throw new DataError(
        'prompt_variables_wrong',
        `the prompt "${beginning}…" can't be filled in: ${issuesOf(parsed.error)}`,
      );
    const values = new Map(Object.entries(parsed.data));
    return text.replaceAll(PLACE, (_, name: string) => asText(values.get(name)));
  };
  return Object.assign(fill, { variables: places });
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
