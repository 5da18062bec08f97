import { DataError } from '../contracts/errors.ts';
import type { Json } from '../contracts/json.ts';

/** A string of exactly this form is an expression, as in Step Functions; anything else is plain data. */
const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** Deeper than any input that a person or a planner writes, and shallow enough for the stack. */
const MAX_DEPTH = 200;

/** An expression in a template: where it stands and its JSONata source, without the `{% %}`. */
export interface TemplateExpression {
  readonly path: readonly (string | number)[];
  readonly source: string;
}

/** The source of an expression string, or undefined for plain data. */
function sourceOf(value: Json): string | undefined {
  return typeof value === 'string' ? EXPRESSION.exec(value)?.[1]?.trim() : undefined;
}

/** Visits every expression in document order; stops early when `visit` answers true. */
function walk(
  value: Json,
  path: readonly (string | number)[],
  visit: (expression: TemplateExpression) => boolean,
): boolean {
  if (path.length > MAX_DEPTH)
    throw new DataError('template_too_deep', `a task's input may be nested at most ${MAX_DEPTH} deep`);
  const source = sourceOf(value);
  if (source !== undefined) return visit({ path, source });
  if (Array.isArray(value)) return value.some((item, index) => walk(item, [...path, index], visit));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).some(([key, item]) => walk(item, [...path, key], visit));
  return false;
}

/**
 * True when the template holds at least one expression.
 * @throws DataError `template_too_deep`
 */
export function hasExpressions(template: Json): boolean {
  return walk(template, [], () => true);
}

/**
 * Every expression of the template, in document order. Keys of objects are never expressions.
 * @throws DataError `template_too_deep`
 */
export function listExpressions(template: Json): TemplateExpression[] {
  const found: TemplateExpression[] = [];
  walk(template, [], (expression) => {
    found.push(expression);
    return false;
  });
  return found;
}

/**
 * The template with each expression replaced by its value; `values` are in the order of {@link listExpressions}.
 * Values are put in as they are: an expression inside a value is data and stays data.
 * @throws DataError `expression_values_missing` when there are not as many values as expressions
 */
export function fillTemplate(template: Json, values: readonly Json[]): Json {
  let next = 0;
  const fill = (value: Json): Json => {
    if (sourceOf(value) !== undefined) {
      const filled = values[next++];
      return filled === undefined ? null : filled;
    }
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
    return value;
  };
  const filled = fill(template);
  if (next !== values.length)
    throw new DataError(
      'expression_values_missing',
      `the template has ${next} expressions, ${values.length} values came`,
    );
  return filled;
}
