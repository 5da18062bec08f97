import { francAll } from 'franc-min';
import type { Quality, RawMemory } from '../messages.ts';
import { soundsLikeInstructions } from './instructions.ts';

/** Shorter texts say too little to tell their language. */
const TELLING_LETTERS = 32;
/** What is looked at of a text; a memory that is kept is no longer. */
const LOOKED_AT = 8_000;
/** Those that people write most; among all eighty short texts are taken for anything. */
const LANGUAGES =
  'eng deu fra spa por ita nld pol swe dan fin ces hun ron tur rus ukr ell arb heb hin cmn jpn kor'.split(' ');
/** What each fault costs. */
const COSTS = {
  empty: 1,
  short: 0.3,
  no_speaker: 0.15,
  no_time: 0.25,
  no_words: 0.5,
  shouting: 0.1,
  instructions: 0.2,
};
type Issue = keyof typeof COSTS;

/** How much a memory is worth, and what it lacks. It is 0 only for one that says nothing, which is not kept. */
export function assessQuality({ text: whole, speaker, at }: Pick<RawMemory, 'text' | 'speaker' | 'at'>): Quality {
  const text = whole.slice(0, LOOKED_AT);
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  const found: Record<Issue, boolean> = {
    empty: text.trim() === '',
    short: letters > 0 && letters < 8,
    no_words: text.trim() !== '' && letters === 0,
    no_speaker: speaker === undefined,
    no_time: at === undefined,
    shouting: letters >= 20 && capitals / letters > 0.8,
    instructions: soundsLikeInstructions(text),
  };
  const issues = (Object.keys(COSTS) as Issue[]).filter((issue) => found[issue]);
  const cost = issues.reduce((sum, issue) => sum + COSTS[issue], 0);
  return { score: Number(Math.max(0, 1 - cost).toFixed(2)), issues };
}

/** ISO 639-3 by the n-grams of the text (franc-min: 82 languages); "und" when it is too short. */
export function languageOf(text: string): string {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < TELLING_LETTERS) return 'und';
  return francAll(text, { only: LANGUAGES })[0]?.[0] ?? 'und';
}
