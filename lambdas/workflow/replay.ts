import { createHash } from 'node:crypto';
import { canonicalJson } from '../contracts/canonical-json.ts';
import type { Json } from '../contracts/json.ts';
import { evolveAll } from './evolve.ts';
import type { JournalEntry } from './journal.ts';
import { snapshotState } from './snapshot.ts';
import { newRun, type RunState } from './state.ts';

/**
 * The state of a run after its journal entry `seq`; 0: before the first. Pure: nothing but the entries counts.
 * @param entries of the run from the first on, their documents opened
 * @throws UnknownEvent when a newer engine wrote one of them
 */
export function stateAt(
  runId: string,
  entries: readonly JournalEntry[],
  seq: number = Number.POSITIVE_INFINITY,
): RunState {
  return evolveAll(
    newRun(runId),
    entries.filter((entry) => entry.seq <= seq),
  );
}

/** A state as the JSON of a snapshot. */
export function stateJson(state: RunState): Json {
  return JSON.parse(JSON.stringify(snapshotState(state))) as Json;
}

/** A state as canonical JSON: two states that are equal are equal byte by byte. */
export function stateText(state: RunState): string {
  return snapshotText(snapshotState(state));
}

/** {@link stateText} of a state that was stored as a snapshot. */
export function snapshotText(snapshot: unknown): string {
  return canonicalJson(JSON.parse(JSON.stringify(snapshot)) as Json);
}

/** 64 hexadecimal digits: sha256 of {@link stateText}. */
export function stateDigest(state: RunState): string {
  return digestOf(stateText(state));
}

/** sha256 of a state's text, as 64 hexadecimal digits. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
