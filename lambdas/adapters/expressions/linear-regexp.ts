import type { RE2JS } from 're2js';
import { ExpressionFault } from './fault.ts';

type Engine = typeof RE2JS;
type Matcher = ReturnType<RE2JS['matcher']>;

let engine: Engine | undefined;

/** Loads RE2; only expressions that hold a regular expression pay for it. */
export async function loadLinearRegExp(): Promise<void> {
  engine ??= (await import('re2js')).RE2JS;
}

/** A regular expression of JavaScript's shape that RE2 matches, in time linear in the text. */
class LinearRegExp extends RegExp {
  readonly #compiled: RE2JS;
  readonly #onMatch: () => void;
  #text: string | undefined;
  #matcher: Matcher | undefined;

  constructor(pattern: RegExp, compiled: RE2JS, onMatch: () => void) {
    super(pattern);
    this.#compiled = compiled;
    this.#onMatch = onMatch;
  }

  override exec(text: string): RegExpExecArray | null {
    this.#onMatch();
    if (!this.#matcher || this.#text !== text) {
      this.#matcher = this.#compiled.matcher(text);
      this.#text = text;
    }
    const matcher = this.#matcher;
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = matcher.end();
    const groups = Array.from({ length: matcher.groupCount() }, (_, index) => matcher.group(index + 1) ?? '');
    return Object.assign([matcher.group() ?? '', ...groups] as [string, ...string[]], {
      index: matcher.start(),
      input: text,
    });
  }
}

/**
 * Compiles for RE2 what the parser read as a RegExp. {@link loadLinearRegExp} must have been awaited.
 * @throws ExpressionFault `expression_regex_refused`: RE2 knows no lookahead and no backreference
 */
export function linearRegExp(pattern: RegExp, onMatch: () => void, position?: number): RegExp {
  if (!engine) throw new Error('loadLinearRegExp was not awaited');
  const flags =
    (pattern.ignoreCase ? engine.CASE_INSENSITIVE : 0) |
    (pattern.multiline ? engine.MULTILINE : 0) |
    engine.LOOKBEHINDS;
  try {
    return new LinearRegExp(pattern, engine.compile(engine.translateRegExp(pattern), flags), onMatch);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExpressionFault(
      'expression_regex_refused',
      `the regular expression ${pattern} can't be matched in linear time (no lookahead, no backreference): ${reason}`,
      position,
    );
  }
}
