import { createHash } from 'node:crypto';
import { asJson } from '../../../contracts/json.ts';
import { MEMORY_LIMITS } from '../../../contracts/memory.ts';
import type { Memory } from '../../../runtime/memory.ts';
import type { ProcessedMemory, Quality, RawMemory, Refusal, Stretch } from '../messages.ts';
import { personOf } from '../person-name.ts';
import { POOLS } from '../pools.ts';
import { ALL_TIME, readStretch } from '../read-stretch.ts';
import { assessQuality, languageOf } from './quality.ts';

const MINUTE_MS = 60_000;

/** What became of them. */
export interface Kept {
  readonly memories: readonly ProcessedMemory[];
  readonly duplicates: number;
  readonly refused: readonly Refusal[];
  readonly stretches: readonly Stretch[];
  /** What was decided where they left a choice. */
  readonly notes: readonly string[];
}

interface Candidate {
  readonly text: string;
  readonly speaker: string | undefined;
  readonly at: number;
  readonly conversation: string;
  readonly origin: string | undefined;
  readonly fingerprint: string;
  readonly quality: Quality;
  readonly language: string;
}

/**
 * Remembers what is new, in the order in which it happened. What was said by the same person in the same words within the
 * same minute of the same conversation is one memory, however often it is imported: a second attempt changes nothing.
 * @param now ms; the time of what tells none
 */
export async function keepMemories(
  raws: readonly RawMemory[],
  memory: Pick<Memory, 'recall' | 'rememberAll'>,
  now: number,
): Promise<Kept> {
  const refused: Refusal[] = [];
  const byConversation = new Map<string, Candidate[]>();
  for (const [place, raw] of raws.entries()) {
    const candidates = candidatesOf(raw, now, place);
    if (candidates.length === 0) refused.push({ where: `memory ${place + 1}`, reason: 'it says nothing' });
    for (const candidate of candidates) {
      const others = byConversation.get(candidate.conversation) ?? [];
      byConversation.set(candidate.conversation, others);
      others.push(candidate);
    }
  }
  const timeless = raws.filter((raw) => raw.at !== undefined && timeOf(raw) === undefined).length;
  const parts: Array<Omit<Kept, 'refused' | 'notes'>> = [];
  for (const candidates of byConversation.values()) parts.push(await keepConversation(candidates, memory, now));
  return {
    memories: parts.flatMap((part) => part.memories),
    duplicates: parts.reduce((sum, part) => sum + part.duplicates, 0),
    stretches: parts.flatMap((part) => part.stretches),
    refused,
    notes:
      timeless > 0 ? [`${timeless} times before 1970 or after 2099 were left out: those memories are undated`] : [],
  };
}

function candidatesOf(raw: RawMemory, now: number, place: number): Candidate[] {
  const speaker = raw.speaker === undefined ? undefined : personOf(raw.speaker) || undefined;
  const told = timeOf(raw);
  return chunksOf(raw.text.normalize('NFC').trim()).map((text, part) => ({
    ...{ text, speaker, origin: raw.origin, language: languageOf(text) },
    quality: assessQuality({ text, speaker: raw.speaker, at: told }),
    at: told ?? now + place + part,
    conversation: (raw.conversation ?? 'notes').normalize('NFC').trim() || 'notes',
    fingerprint: fingerprintOf(speaker, text, told),
  }));
}

/** When it was, ms. undefined: it tells no time, or one that memory has no place for, such as a birthday in 1958. */
function timeOf({ at }: RawMemory): number | undefined {
  const told = typeof at === 'string' ? Date.parse(at) : at;
  return told !== undefined && told >= ALL_TIME.since && told < ALL_TIME.until ? told : undefined;
}

/** Long ones are cut at the end of a paragraph or sentence, where there is one; of nothing there is none. */
function chunksOf(text: string): string[] {
  const most = MEMORY_LIMITS.textCharacters;
  const chunks: string[] = [];
  for (let at = 0; at < text.length; ) {
    const head = text.slice(at, at + most);
    const end = Math.max(head.lastIndexOf('\n\n'), head.lastIndexOf('. ') + 1, most / 2);
    const length = at + most >= text.length ? head.length : end;
    chunks.push(head.slice(0, length).trim());
    at += length;
  }
  return chunks.filter((chunk) => chunk !== '');
}

function fingerprintOf(speaker: string | undefined, text: string, at: number | undefined): string {
  const minute = at === undefined ? '' : Math.floor(at / MINUTE_MS);
  return createHash('sha256')
    .update(JSON.stringify([speaker ?? '', minute, text]))
    .digest('base64url')
    .slice(0, 16);
}

/** In the order of their time, and each with a millisecond of its own: memory is read by stretches of time. */
function spread(candidates: Candidate[]): void {
  candidates.sort((a, b) => a.at - b.at);
  let last = -1;
  for (const [place, candidate] of candidates.entries()) {
    last = Math.max(candidate.at, last + 1);
    if (last !== candidate.at) candidates[place] = { ...candidate, at: last };
  }
}

async function keepConversation(
  candidates: Candidate[],
  memory: Pick<Memory, 'recall' | 'rememberAll'>,
  now: number,
): Promise<Omit<Kept, 'refused' | 'notes'>> {
  spread(candidates);
  const conversation = candidates[0]?.conversation ?? 'notes';
  const [first = now, last = now] = [candidates[0]?.at, candidates.at(-1)?.at];
  // Undated ones may be known from any time.
  const dated = candidates.every(({ quality }) => !quality.issues.includes('no_time'));
  const since = dated ? Math.floor(first / MINUTE_MS) * MINUTE_MS : 0;
  const until = last + MINUTE_MS;
  const known = await readStretch(memory, { pool: POOLS.memories, group: conversation, since, until });
  const ids = new Map(known.flatMap(({ id, data }) => fingerprintIn(data).map((print) => [print, id] as const)));
  const fresh: Candidate[] = [];
  const repeated: Candidate[] = [];
  for (const candidate of candidates) {
    const isKnown = ids.has(candidate.fingerprint);
    if (!isKnown) ids.set(candidate.fingerprint, '');
    (isKnown ? repeated : fresh).push(candidate);
  }
  for (let at = 0; at < fresh.length; at += MEMORY_LIMITS.entriesAtOnce) {
    const batch = fresh.slice(at, at + MEMORY_LIMITS.entriesAtOnce);
    const given = await memory.rememberAll(
      batch.map((one) => entryOf(one, now)),
      { pool: POOLS.memories },
    );
    for (const [place, { fingerprint }] of batch.entries()) ids.set(fingerprint, given[place] ?? '');
  }
  const told = (one: Candidate, duplicate: boolean): ProcessedMemory => ({
    ...{ memory_id: ids.get(one.fingerprint) ?? '', conversation, speaker: one.speaker ?? null, at: one.at, duplicate },
    ...{ language: one.language, quality: one.quality },
  });
  return {
    memories: [...fresh.map((one) => told(one, false)), ...repeated.map((one) => told(one, true))],
    duplicates: repeated.length,
    stretches: [{ conversation, since: first, until: last + 1, memories: candidates.length - repeated.length }],
  };
}

const fingerprintIn = (data: unknown): string[] =>
  typeof data === 'object' && data !== null && 'fingerprint' in data && typeof data.fingerprint === 'string'
    ? [data.fingerprint]
    : [];

/** What is still to come, as in a calendar, counts from now on. It came from outside: nothing privileged is done with it unasked. */
const entryOf = (
  { text, speaker, at, conversation, origin, fingerprint, quality, language }: Candidate,
  now: number,
) => ({
  ...{ kind: 'episodic' as const, text, at, group: conversation, outside: true, valid_from: Math.min(at, now) },
  confidence: Math.max(0.05, quality.score),
  data: asJson({ fingerprint, quality: quality.score, issues: quality.issues, language }),
  ...(speaker !== undefined && { speaker, subject: speaker }),
  ...(origin !== undefined && { origin }),
});
