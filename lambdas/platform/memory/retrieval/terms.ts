import { stemmer } from 'stemmer';

/** English function words: they say nothing of what an entry is about. Negations among them too, as is usual for BM25. */
const STOP_WORDS = new Set(
  `a about above after again against all am an and any are aren't as at be because been before being below between both
  but by can can't cannot could couldn't d did didn't do does doesn't doing don don't down during each few for from
  further had hadn't has hasn't have haven't having he he'd he'll he's her here here's hers herself him himself his how
  how's i i'd i'll i'm i've if in into is isn't it it's its itself just let's ll m me more most mustn't my myself no nor
  not now of off on once only or other ought our ours ourselves out over own re s same shan't she she'd she'll she's
  should shouldn't so some such t than that that's the their theirs them themselves then there there's these they
  they'd they'll they're they've this those through to too under until up ve very was wasn't we we'd we'll we're we've
  were weren't what what's when when's where where's which while who who's whom why why's will with won't would
  wouldn't you you'd you'll you're you've your yours yourself yourselves`.split(/\s+/),
);

/** Longer ones are identifiers, hashes or hostile; their beginning is enough to find them by. */
const LONGEST_TERM = 64;
/** Stems are few and words repeat; a container keeps so many at most. */
const MOST_STEMS = 50_000;
const WORD = /[\p{L}\p{N}]+(?:'\p{L}+)?/gu;
const MARKS = /\p{M}+/gu;
const stems = new Map<string, string>();

/** Lower case, without accents, one kind of apostrophe: what compares equal is equal. */
export const plainText = (text: string): string =>
  text.normalize('NFKD').replace(MARKS, '').replaceAll('\u2019', "'").toLowerCase();

/** The words of a text, in order. Linear in its length. */
export const wordsOf = (text: string): string[] => plainText(text).match(WORD) ?? [];

/** What a text is about: its words without stop words, as stems (Porter 1980). */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const word of wordsOf(text)) if (!STOP_WORDS.has(word)) terms.push(stemOf(word));
  return terms;
}

function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stem = stemmer(word.replace(/'.*$/, '').slice(0, LONGEST_TERM));
  if (stems.size >= MOST_STEMS) stems.clear();
  stems.set(word, stem);
  return stem;
}
