/** A word, a number or a mark of a text, and where it stands. */
export interface Token {
  readonly text: string;
  readonly lower: string;
  readonly start: number;
  readonly end: number;
  readonly kind: 'word' | 'number' | 'mark';
  /** How it is written: `Ada`, `ADA`, `ada`; letters without case are `none`. */
  readonly letters: 'capital' | 'capitals' | 'small' | 'none';
  /** It begins a sentence, a line or a quotation, where every word is written with a capital. */
  readonly begins: boolean;
  /** A line ends between the token before and this one. */
  readonly newLine: boolean;
}

const TOKEN = /\p{L}[\p{L}\p{M}\p{N}]*(?:['’.-](?=\p{L})[\p{L}\p{M}\p{N}]+)*|\p{N}+(?:[\p{L}\p{N}]*)|[^\s\p{L}\p{N}]/gu;
const ENDS = /^[.!?:"“”„«»‹›‘([•*]$/u;

/** @returns all of them, in order */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [word] = match;
    const start = match.index;
    const before = tokens.at(-1);
    const newLine = text.slice(last, start).includes('\n');
    tokens.push({
      ...{ text: word, lower: word.toLowerCase(), start, end: start + word.length, newLine },
      kind: kindOf(word),
      letters: lettersOf(word),
      begins: before === undefined || newLine || (ENDS.test(before.text) && !isAbbreviation(tokens)),
    });
    last = start + word.length;
  }
  return tokens;
}

/** No word that means anything is longer: what is, is not looked at. */
const LONGEST_WORD = 60;

function kindOf(word: string): Token['kind'] {
  if (word.length > LONGEST_WORD) return 'mark';
  return /^\p{L}/u.test(word) ? 'word' : /^\p{N}/u.test(word) ? 'number' : 'mark';
}

function lettersOf(word: string): Token['letters'] {
  const letters = word.replaceAll(/[^\p{Lu}\p{Ll}]/gu, '');
  if (letters === '') return 'none';
  if (/^\p{Lu}{2,}$/u.test(letters)) return 'capitals';
  return /^\p{Lu}/u.test(letters) ? 'capital' : 'small';
}

/** The point after "Mr" or an initial ends no sentence. */
function isAbbreviation(tokens: readonly Token[]): boolean {
  const word = tokens.at(-2);
  if (tokens.at(-1)?.text !== '.' || word === undefined || tokens.at(-1)?.start !== word.end) return false;
  return /^(mr|mrs|ms|dr|prof|st|sr|jr|apt|no|ul|u|rev|\p{L})$/iu.test(word.text);
}
