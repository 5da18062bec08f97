import { LIMITS } from '../../contracts/limits.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import type { Evaluation } from '../../workflow/turn.ts';

/** Splits a group's messages so that no turn's journal entry outgrows its item (rule 12). */
export function* bySize<T>(records: readonly QueueRecord[], inputs: readonly T[]): Generator<T[]> {
  let part: T[] = [];
  let bytes = 0;
  for (const [position, input] of inputs.entries()) {
    const size = sizeOf(records[position], input);
    if (part.length > 0 && bytes + size > LIMITS.journalEntry) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(input);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/**
 * Of what was found out, as much as a journal entry that has so many bytes has room for, at least one of an empty one.
 * What agents and sub-workflows get is not journaled, and lists are documents, which can be moved.
 */
export function thatFit(answers: ReadonlyMap<string, Evaluation>, bytes: number): Map<string, Evaluation> {
  const fitting = new Map<string, Evaluation>();
  let total = bytes;
  for (const [key, answer] of answers) {
    const journaled = !('input' in answer);
    const size = journaled ? JSON.stringify({ ...answer, items: undefined }).length + FRAME : 0;
    if (journaled && total > EMPTY && total + size > LIMITS.journalEntry) continue;
    total += size;
    fitting.set(key, answer);
  }
  return fitting;
}

/** Of a list of no events. */
const EMPTY = 2;
/** About what an event adds to what it tells. */
const FRAME = 200;

/** Messages that travelled compressed or by claim check count as opened. */
function sizeOf(record: QueueRecord | undefined, input: unknown): number {
  const bytes = record?.body.length ?? 0;
  return bytes < LIMITS.compressBody ? bytes : JSON.stringify(input).length;
}
