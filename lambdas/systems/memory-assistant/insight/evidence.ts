import { stemmer } from 'stemmer';
import type { Recalled } from '../../../contracts/memory.ts';
import { localTime } from '../analyze/said.ts';
import { termsOf } from '../analyze/terms.ts';

/** What speaks for an answer: a memory, the part of it that answers, and how much of the question it covers. */
export interface Evidence {
  readonly entry: Recalled;
  readonly quote: string;
  /** 0 to 1: of the question's words by their weight, rare ones counting more. */
  readonly coverage: number;
}

/** Words that ask; they need not stand in the answer. */
const ASKING = new Set(
  'when where who whom whose what which how why much many long often old does did is are was were name tell remember know time date day year month kind sort'
    .split(' ')
    .map((word) => stemmer(word)),
);
const SENTENCE = /[^.!?\n]+[.!?]*/gu;

/**
 * The memories that answer a question, best first. Whoever is named in it may have said it, or be spoken of; a date counts as
 * a word of whatever was said then.
 * @param entries as memory found them, best first
 */
export function evidenceFor(question: string, entries: readonly Recalled[], zone: string): Evidence[] {
  const asked = [...new Set(termsOf(question).map(({ stem }) => stem))].filter((stem) => !ASKING.has(stem));
  if (asked.length === 0) return [];
  const words = entries.map((entry) => wordsOf(entry, zone));
  const weights = new Map(
    asked.map((stem) => [stem, rarity(words.filter((own) => own.has(stem)).length, entries.length)]),
  );
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const share = (own: ReadonlySet<string>): number =>
    [...weights].reduce((sum, [stem, weight]) => sum + (own.has(stem) ? weight : 0), 0) / total;
  return entries
    .map((entry, place) => ({
      entry,
      quote: bestSentence(entry.text, weights),
      coverage: share(words[place] ?? new Set()),
    }))
    .map((one, place) => ({ one, order: one.coverage - place / 1_000 }))
    .sort((a, b) => b.order - a.order)
    .map(({ one }) => one);
}

/** Of a word that so many of all memories found have; one that none has weighs most. */
const rarity = (having: number, all: number): number => Math.log(1 + (all + 1) / (having + 0.5));

function wordsOf({ text, speaker = '', subject = '', at }: Recalled, zone: string): Set<string> {
  const day = localTime(at, zone).toFormat('d LLLL yyyy cccc');
  return new Set(termsOf(`${text} ${speaker} ${subject} ${day}`).map(({ stem }) => stem));
}

function bestSentence(text: string, weights: ReadonlyMap<string, number>): string {
  const sentences = (text.match(SENTENCE) ?? [text])
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
  const scored = sentences.map((sentence) => ({
    sentence,
    score: termsOf(sentence).reduce((sum, { stem }) => sum + (weights.get(stem) ?? 0), 0),
  }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a), scored[0] ?? { sentence: text, score: 0 });
  return best.sentence.slice(0, 400);
}
