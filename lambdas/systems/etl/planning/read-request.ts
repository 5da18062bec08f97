import type * as z from 'zod';
import { DataError, issuesOf } from '../../../contracts/errors.ts';
import type { Json, JsonObject } from '../../../contracts/json.ts';

/**
 * The request as its schema reads it.
 * @throws DataError with `code`, whose message and field point into the request: `rules.2.column: …`
 */
export function readRequest<S extends z.ZodType>(schema: S, request: JsonObject, code: string): z.output<S> {
  const parsed = schema.safeParse(request);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    const unknown = first?.code === 'unrecognized_keys' ? first.keys.slice(0, 1) : [];
    const field = [...(first?.path ?? []), ...unknown].join('.');
    throw new DataError(code, issuesOf(parsed.error).slice(0, 2_000), { field });
  }
  const field = expressionIn(request, []);
  // Tasks that an agent adds are evaluated like any others: a text of this form would not arrive as it was written.
  if (field !== undefined)
    throw new DataError(code, `${field}: "{% … %}" is an expression of workflow definitions; it can't be used here`, {
      field,
    });
  return parsed.data;
}

/** Where a text of the form `{% … %}` is, if there is one. */
function expressionIn(value: Json, path: readonly string[]): string | undefined {
  if (typeof value === 'string') return /^\s*\{%/.test(value) ? path.join('.') : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = expressionIn(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
