/** What a customer means; `unclear`: a person has to read it. */
export type Meaning = 'yes' | 'no' | 'later' | 'unclear';

const WORDS: Readonly<Record<Exclude<Meaning, 'unclear'>, readonly string[]>> = {
  yes: ['yes', 'y', 'ok', 'okay', 'sure', 'book', 'ja', 'gerne', 'klar', 'passt'],
  // "t" is what is left of "don't" and "can't".
  no: ['no', 'n', 'nope', 'not', 't', 'never', 'stop', 'nein', 'nicht', 'kein', 'keine', 'keinen'],
  later: ['later', 'tomorrow', 'next', 'not now', 'busy', 'später', 'spaeter', 'morgen', 'nächste'],
};

/**
 * Reads an answer in words. Whatever says more than one thing, asks something back, or says nothing that is known is unclear:
 * nothing is booked on a guess. "Later" weighs more than the yes or no beside it ("no, not now, maybe next week").
 */
export function readAnswer(text: string): Meaning {
  const said = ` ${text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
  const means = (meaning: Exclude<Meaning, 'unclear'>): boolean =>
    WORDS[meaning].some((word) => said.includes(` ${word} `));
  if (means('later')) return 'later';
  if (means('yes') && (means('no') || text.includes('?'))) return 'unclear';
  return means('yes') ? 'yes' : means('no') ? 'no' : 'unclear';
}
