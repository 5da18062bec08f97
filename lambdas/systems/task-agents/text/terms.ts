import { stemmer } from 'stemmer';

/** English words that stand in every text and tell nothing of it. */
const STOP_WORDS = new Set(
  (
    'a about above after again against all along also am an and any are around as at be because been before being below between both but by can ' +
    'could did do does doing down during each either else few for from further had has have having he her here hers him his how ' +
    'however i if in into is it its itself just may me might more most much must my neither no nor not now of off on once one only or ' +
    'other our out over own per said same shall she should since so some such than that the their theirs them then there these they ' +
    'this those through to too under until up upon us very was we were what when where which while who whom why will with within ' +
    'without would yet you your'
  ).split(' '),
);

/** Words and numbers as they stand, lower case. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/\p{L}[\p{L}\p{M}'’]*|\p{N}[\p{N}.,]*\p{N}|\p{N}/gu) ?? []
  );
}

/** Words that tell something, each by its stem (Porter), numbers as they are. */
export function termsOf(text: string): string[] {
  return wordsOf(text).flatMap((word) => {
    const plain = word.replace(/['’]s$/, '').replaceAll(/['’]/g, '');
    if (plain === '' || STOP_WORDS.has(plain) || (plain.length === 1 && !/\p{N}/u.test(plain))) return [];
    return [/\p{N}/u.test(plain) ? plain : stemmer(plain)];
  });
}

/** How often each is there. */
export function countsOf(items: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** The share of `of` that is also in `within`, 0 to 1; 0 when there is nothing in `of`. */
export function shareWithin(of: Iterable<string>, within: ReadonlySet<string>): number {
  const distinct = new Set(of);
  if (distinct.size === 0) return 0;
  return [...distinct].filter((item) => within.has(item)).length / distinct.size;
}

/** The words that a text is most about, as they stand in it, the most frequent first. */
export function keyWordsOf(text: string, most: number): string[] {
  const forms = new Map<string, { count: number; word: string }>();
  for (const word of wordsOf(text)) {
    const [stem] = termsOf(word);
    if (stem === undefined || /\p{N}/u.test(stem)) continue;
    const known = forms.get(stem) ?? { count: 0, word };
    forms.set(stem, { count: known.count + 1, word: known.word.length <= word.length ? known.word : word });
  }
  return [...forms.values()]
    .sort((one, other) => other.count - one.count || (one.word < other.word ? -1 : 1))
    .slice(0, most)
    .map(({ word }) => word);
}
