import type { Entity } from './entity.ts';
import { isJobWord } from './name-words.ts';
import type { Token } from './tokens.ts';

/** A line of its own below somebody's name, or "as" somebody: what people do. */
export function findJobs(tokens: readonly Token[], names: readonly Entity[]): Entity[] {
  return tokens.flatMap((token, at): Entity[] => {
    if (token.kind !== 'word' || !isJobWord(token.lower)) return [];
    let from = at;
    while (
      from > 0 &&
      tokens[from - 1]?.kind !== 'number' &&
      !tokens[from]?.newLine &&
      isJobPart(tokens[from - 1], at - from)
    )
      from -= 1;
    const [first, before] = [tokens[from], tokens[from - 1]];
    const nameAbove = names.some(({ type, end }) => type === 'PERSON' && before !== undefined && end === before.end);
    const said =
      before !== undefined &&
      /^(?:as|a|an)$/u.test(before.lower) &&
      /^(?:as|am|is|was|work|worked|works|job|hired|became)$/u.test(
        (before.lower === 'as' ? before : tokens[from - 2])?.lower ?? '',
      );
    if (!first || !((nameAbove && first.newLine) || said)) return [];
    return [{ type: 'TITLE', start: first.start, end: token.end, sure: 0.7 }];
  });
}
const isJobPart = (token: Token | undefined, count: number): boolean =>
  token !== undefined &&
  count < 4 &&
  (token.kind === 'word' || token.text === '-' || token.text === '/') &&
  !/^(?:as|a|an|the|is|was|by|for|of)$/u.test(token.lower);
