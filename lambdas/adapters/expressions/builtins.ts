import jsonata from 'jsonata';
import { ExpressionFault } from './fault.ts';
import { current } from './guard.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import { measureJson } from './measure-json.ts';

/** Every function that jsonata 2.2 brings, but $now and $millis, which it makes anew for each expression. */
export const BUILTINS =
  'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power random boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval toMillis fromMillis clone'.split(
    ' ',
  );

interface Builtin {
  implementation: (this: unknown, ...args: unknown[]) => unknown;
}
function isBuiltin(value: unknown): value is Builtin {
  return (
    typeof value === 'object' &&
    value !== null &&
    'implementation' in value &&
    typeof value.implementation === 'function'
  );
}

const tooLarge = (what: string) => new ExpressionFault('expression_value_too_large', what);

/** Pictures of dates become native regular expressions and paddings, so they and their texts stay short. */
function checkPicture(...texts: unknown[]): void {
  for (const text of texts)
    if (typeof text === 'string' && (text.length > 256 || /[1-9]\d{3,}-?[\d*]*\]/.test(text)))
      throw tooLarge('a picture, or a text to read by one, has at most 256 characters and widths below 1000');
}

/** What a function would allocate in one go must be bounded before it runs: afterwards is too late. */
const BEFORE: Record<string, (args: readonly unknown[]) => void> = {
  eval: () => {
    throw new ExpressionFault('expression_refused', '$eval is not available: write the expression out');
  },
  pad: ([, width]) => {
    if (typeof width === 'number' && Math.abs(width) > EXPRESSION_LIMITS.string)
      throw tooLarge(`$pad may make at most ${EXPRESSION_LIMITS.string} characters`);
  },
  join: ([parts, separator]) => {
    if (!Array.isArray(parts)) return;
    const gap = typeof separator === 'string' ? separator.length : 0;
    const total = parts.reduce<number>((sum, part) => sum + gap + (typeof part === 'string' ? part.length : 0), 0);
    if (total > EXPRESSION_LIMITS.string)
      throw tooLarge(`$join may make at most ${EXPRESSION_LIMITS.string} characters`);
  },
  string: ([value]) => {
    if (typeof value === 'object' && value !== null && !('implementation' in value) && !('_jsonata_lambda' in value))
      measureJson(value, EXPRESSION_LIMITS.string);
  },
  clone: ([value]) => void measureJson(value, EXPRESSION_LIMITS.bindings),
  formatNumber: ([, picture]) => checkPicture(picture),
  formatInteger: ([, picture]) => checkPicture(picture),
  parseInteger: ([text, picture]) => checkPicture(text, picture),
  fromMillis: ([, picture]) => checkPicture(picture),
  toMillis: ([text, picture]) => checkPicture(text, picture),
};

/**
 * Puts the guard around every built-in function of jsonata, once per worker.
 * @throws Error when jsonata no longer has one of them: then this list must be looked through again
 */
export async function guardBuiltins(): Promise<void> {
  for (const name of BUILTINS) {
    const builtin: unknown = await jsonata(`$${name}`).evaluate(null);
    if (!isBuiltin(builtin)) throw new Error(`this version of jsonata has no $${name}`);
    const original = builtin.implementation;
    const before = BEFORE[name];
    const guarded = function (this: unknown, ...args: unknown[]): unknown {
      const { guard } = current;
      guard.step();
      for (const arg of args) guard.size(arg);
      before?.(args);
      const result = Reflect.apply(original, this, args);
      guard.size(result);
      return result;
    };
    // jsonata reads a function's arity to know how many arguments $map and its like should pass
    Object.defineProperty(guarded, 'length', { value: original.length });
    builtin.implementation = guarded;
  }
}
