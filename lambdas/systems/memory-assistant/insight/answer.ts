import * as z from 'zod';
import type { Recalled } from '../../../contracts/memory.ts';
import { localTime } from '../analyze/said.ts';
import { soundsLikeInstructions } from '../harvest/instructions.ts';
import type { Answer, Citation } from './answer-shape.ts';
import { type Evidence, evidenceFor } from './evidence.ts';

/** How sure it must be. Feedback moves these, see learning/. */
export interface Bounds {
  /** Of the question's words, by weight: less than this, and it does not know. */
  readonly leastCoverage: number;
  readonly mostCitations: number;
  readonly timeZone: string;
}

/** Evidence worth naming has nearly as much of the question as the best. */
const NEARLY = 0.8;

/** Answers in the words of the memories themselves: nothing is said that nobody has said. */
export function answerFrom(question: string, entries: readonly Recalled[], bounds: Bounds): Answer {
  const evidence = evidenceFor(question, entries, bounds.timeZone);
  const best = evidence[0]?.coverage ?? 0;
  if (best < bounds.leastCoverage) return unknown(evidence, best);
  const near = evidence.filter(({ coverage }) => coverage >= best * NEARLY);
  const chosen = distinct(withoutDrawn(near)).slice(0, bounds.mostCitations);
  const citations = chosen.map(({ entry, quote }, place) => citationOf(entry, quote, place + 1, bounds.timeZone));
  const answer = citations.map(
    ({ n, quote, speaker, said }) => `“${quote}” (${[speaker, said].filter(Boolean).join(', ')}) [${n}]`,
  );
  const confidence = Math.min(1, best) * Math.max(...chosen.map(({ entry }) => entry.confidence));
  return {
    ...{ known: true, answer: answer.join(' '), confidence: Number(confidence.toFixed(2)), citations },
    contradictions: contradictionsIn(entries, chosen),
    notes: notesOn(citations),
  };
}

function unknown(evidence: readonly Evidence[], best: number): Answer {
  const near = best > 0 && evidence[0] ? [`the nearest memory has ${Math.round(best * 100)} % of what was asked`] : [];
  return {
    known: false,
    answer: 'I do not know: nothing that I remember tells.',
    confidence: 0,
    citations: [],
    contradictions: [],
    notes: near,
  };
}

/** What whoever reads the quotations should know of them. */
export const notesOn = (citations: readonly Citation[]): string[] =>
  citations.some(({ quote }) => soundsLikeInstructions(quote))
    ? ['a memory that is quoted speaks to a model: it is quoted, and not followed']
    : [];

export const citationOf = (entry: Recalled, quote: string, n: number, zone: string): Citation => ({
  ...{ n, memory_id: entry.id, quote, speaker: entry.speaker ?? null, conversation: entry.group },
  said: localTime(entry.at, zone).toFormat('d LLLL yyyy, HH:mm'),
  from: [...new Set(entry.sources.flatMap(({ origin }) => origin ?? []))],
});

/** A fact that was drawn from a memory says no more than that memory, where both are there. */
function withoutDrawn(evidence: readonly Evidence[]): Evidence[] {
  const there = new Set(evidence.map(({ entry }) => entry.id));
  return evidence.filter(({ entry }) => !there.has(Fact.safeParse(entry.data).data?.memory ?? ''));
}

/** The same words once. */
function distinct(evidence: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>();
  return evidence.filter(({ quote }) => {
    const key = quote.toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Facts of one person and attribute with different values, of which one is cited. */
function contradictionsIn(entries: readonly Recalled[], chosen: readonly Evidence[]): string[] {
  const facts = entries.flatMap(({ id, data, links }) => {
    const fact = Fact.safeParse(data).data;
    return fact
      ? [{ id, ...fact, against: links.filter(({ kind }) => kind === 'contradicts').map(({ to }) => to) }]
      : [];
  });
  const cited = new Set(chosen.map(({ entry }) => entry.id));
  const told = facts.flatMap((fact) =>
    facts
      .filter(
        (other) =>
          fact.against.includes(other.id) &&
          (cited.has(fact.id) || cited.has(other.id) || cited.has(fact.memory) || cited.has(other.memory)),
      )
      .map(
        (other) => `${fact.person}: ${fact.attribute} is told as ${[other.value, fact.value].sort().join(' and as ')}`,
      ),
  );
  return [...new Set(told)];
}
const Fact = z.object({ person: z.string(), attribute: z.string(), value: z.string(), memory: z.string() });
