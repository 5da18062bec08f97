/** A plain look at `$results` or `$input` in an expression. */
export interface Reference {
  readonly of: 'results' | 'input';
  readonly name: string;
  /** Where in the source the look begins, from 0. */
  readonly at: number;
  /** `$results["name"]`: in JSONata a condition that is always true, never what was meant. */
  readonly filter: boolean;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

const SPACE = /(?:\s|\/\*[\s\S]*?\*\/)+/y;
const REGEX = /\/(?:\\.|[^/\\\n])+\/[im]*/y;
const TOKEN = /\/\*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|:=|[^\s.[\]{}(),@#;:?+\-*/%|=<>^&!~"'`]+|\S/y;
/** What ends an operand: a slash after it divides, any other begins a regular expression. */
const OPERAND_END = /[\w)\]}"'`$]$/;

/** No longer expression is ever evaluated. */
const LONGEST = 10_000;

/** Nothing for a source that no parser takes: every step here moves on, so the scan is linear. */
function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    const take = (pattern: RegExp): string => {
      pattern.lastIndex = at;
      return pattern.exec(source)?.[0] ?? '';
    };
    const space = take(SPACE);
    at += space.length;
    if (space !== '') continue;
    const divides = OPERAND_END.test(tokens.at(-1)?.text ?? '');
    const text = source[at] === '/' && !divides ? take(REGEX) : take(TOKEN);
    if (text === '' || /^(["'`]|\/\*)$/.test(text)) return [];
    tokens.push({ text, at });
    at += text.length;
  }
  return tokens;
}

/**
 * The results and fields of the input that an expression plainly names: `$results.a`, `$results."a"`, `$input.b`.
 * A scan of its tokens, no parser: it finds nothing where `$results` is bound anew or put together at run time.
 */
export function referencesOf(source: string): Reference[] {
  if (source.length > LONGEST || !/\$(?:results|input)/.test(source)) return [];
  const tokens = tokensOf(source);
  const bound = new Set(boundAnew(tokens));
  return tokens.flatMap(({ text, at }, index): Reference[] => {
    if ((text !== '$results' && text !== '$input') || bound.has(text)) return [];
    const [after = '', name = '', end = ''] = tokens.slice(index + 1, index + 4).map((token) => token.text);
    const of = text === '$results' ? 'results' : 'input';
    const filter = after === '[' && /^["']/.test(name) && end === ']';
    if (!filter && (after !== '.' || !/^["'`\p{L}_]/u.test(name))) return [];
    return [{ of, name: unquoted(name), at, filter }];
  });
}

/** Variables that the expression assigns, or that are parameters of its functions. */
function* boundAnew(tokens: readonly Token[]): Generator<string> {
  for (const [index, { text }] of tokens.entries()) {
    if (tokens[index + 1]?.text === ':=' || tokens[index - 1]?.text === '@' || tokens[index - 1]?.text === '#')
      yield text;
    if (text !== 'function' && text !== 'λ') continue;
    for (let next = index + 2; next < tokens.length && tokens[next]?.text !== ')'; next += 1) {
      yield tokens[next]?.text ?? '';
    }
  }
}

function unquoted(name: string): string {
  if (name.startsWith('`')) return name.slice(1, -1);
  if (!/^["']/.test(name)) return name;
  return name.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}
