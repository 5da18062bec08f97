import { ExpressionFault } from './fault.ts';
import { EXPRESSION_LIMITS } from './limits.ts';

/** Keys that mean something to JavaScript or jsonata; data that carries them is trying something. */
const REFUSED_KEYS = new Set(['__proto__', '_jsonata_function', '_jsonata_lambda']);

/**
 * Characters of JSON that a value takes, counted only up to `limit`: a value that refers to itself ten times on ten
 * levels is small in memory and endless as JSON, so nothing is serialised before it has been measured.
 * @throws ExpressionFault `expression_value_too_large`, `expression_value_too_deep`, `expression_value_refused`
 */
export function measureJson(value: unknown, limit: number): number {
  let size = 0;
  const grow = (by: number): void => {
    size += by;
    if (size > limit)
      throw new ExpressionFault('expression_value_too_large', `a value is over ${limit} characters of JSON`);
  };
  const visit = (item: unknown, depth: number): void => {
    if (depth > EXPRESSION_LIMITS.depth)
      throw new ExpressionFault('expression_value_too_deep', `a value is nested over ${EXPRESSION_LIMITS.depth} deep`);
    if (typeof item === 'function' || typeof item === 'bigint' || typeof item === 'symbol')
      throw new ExpressionFault('expression_value_refused', `a ${typeof item} is no JSON value`);
    if (typeof item === 'number' && !Number.isFinite(item))
      throw new ExpressionFault('expression_value_refused', `${item} is no JSON value`);
    grow(typeof item === 'string' ? item.length + 2 : 4);
    if (typeof item !== 'object' || item === null) return;
    if (Array.isArray(item)) {
      for (const element of item) {
        grow(1);
        visit(element, depth + 1);
      }
      return;
    }
    for (const [key, element] of Object.entries(item)) {
      if (REFUSED_KEYS.has(key))
        throw new ExpressionFault(
          'expression_value_refused',
          `a function, or an object with the key "${key}", is no value`,
        );
      grow(key.length + 4);
      visit(element, depth + 1);
    }
  };
  visit(value, 0);
  return size;
}
