import { stateCodes } from './us-states.ts';

export interface Airport {
  readonly iata: string;
  readonly name: string;
  readonly city: string | null;
  readonly state: string | null;
}

/** How a reported name was found to be an airport, the surest way first. */
export type MatchMethod = 'name' | 'place_name' | 'contained' | 'contains';
export interface AirportMatch {
  readonly iata: string;
  readonly method: MatchMethod;
  readonly confidence: number;
}

/** One spelling for each word that people abbreviate. An empty one is left out. */
const SPELLINGS: Readonly<Record<string, string>> = {
  INTL: 'INTERNATIONAL',
  NATL: 'NATIONAL',
  ARPT: '',
  AIRPORT: '',
  APT: '',
  METRO: 'METROPOLITAN',
  MUNI: 'MUNICIPAL',
  REGL: 'REGIONAL',
  RGNL: 'REGIONAL',
  CO: 'COUNTY',
  CTY: 'COUNTY',
  FT: 'FORT',
  ST: 'SAINT',
  MT: 'MOUNT',
  WASH: 'WASHINGTON',
  FLD: 'FIELD',
  AIRFIELD: 'FIELD',
  MEM: 'MEMORIAL',
  MEML: 'MEMORIAL',
  THE: '',
  OF: '',
  AND: '',
};
/** Words that say what kind of airport it is, not which. */
const KINDS = new Set([
  'INTERNATIONAL',
  'NATIONAL',
  'REGIONAL',
  'MUNICIPAL',
  'FIELD',
  'MEMORIAL',
  'GREATER',
  'JETPORT',
]);

/** A name in one spelling: upper case, no punctuation, abbreviations written out, the state's own code left out. */
export function normalizeName(name: string, states: readonly string[]): string[] {
  const plain = name
    .toUpperCase()
    .replace(/\bAIR FORCE BASE\b/g, 'AFB')
    .replace(/INT'L/g, 'INTL')
    .replace(/['’.]/g, '')
    .replace(/[^A-Z0-9]+/g, ' ');
  const words = plain.split(' ').map((word) => SPELLINGS[word] ?? word);
  return words.filter((word) => word !== '' && !states.includes(word));
}

/** Confidence of each method: exact names are sure; the others were right in every case that was looked at, which is fewer. */
const CONFIDENCE: Readonly<Record<MatchMethod, number>> = {
  name: 1,
  place_name: 0.95,
  contained: 0.85,
  contains: 0.75,
};

/**
 * The airport that a report means, if names allow to tell: only airports of the reported state are considered, and a
 * method counts only when it finds exactly one.
 *
 * `name`: same words · `place_name`: same words but for the kind of airport ("LAGUARDIA NY") · `contained`: every reported
 * word is in the airport's name or city ("HOUSTON-HOBBY") · `contains`: every word of the airport's name was reported, and
 * more ("NEWARK LIBERTY INTL").
 */
export function matchAirport(name: string, state: string, airports: readonly Airport[]): AirportMatch | undefined {
  const states = stateCodes(state);
  const reported = normalizeName(name, states);
  const place = reported.filter((word) => !KINDS.has(word));
  if (states.length === 0 || place.length === 0) return undefined;
  const near = airports
    .filter((airport) => airport.state !== null && states.includes(airport.state))
    .map((airport) => ({ airport, words: normalizeName(airport.name, states) }));
  const tests: Array<[MatchMethod, (airport: Airport, words: readonly string[]) => boolean]> = [
    ['name', (_, words) => sameWords(words, reported)],
    ['place_name', (_, words) => sameWords(withoutKinds(words), place)],
    ['contained', (airport, words) => within(reported, [...words, ...normalizeName(airport.city ?? '', [])])],
    ['contained', (_, words) => within(place, words)],
    ['contains', (_, words) => withoutKinds(words).length > 0 && within(words, reported)],
  ];
  for (const [method, test] of tests) {
    const found = near.filter(({ airport, words }) => test(airport, words));
    const [only] = found;
    if (only !== undefined && found.length === 1)
      return { iata: only.airport.iata, method, confidence: CONFIDENCE[method] };
    if (found.length > 1 && method === 'name') return undefined;
  }
  return undefined;
}

const withoutKinds = (words: readonly string[]) => words.filter((word) => !KINDS.has(word));
const within = (some: readonly string[], all: readonly string[]) => some.every((word) => all.includes(word));
const sameWords = (a: readonly string[], b: readonly string[]) => a.length > 0 && within(a, b) && within(b, a);
