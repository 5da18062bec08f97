import { DataError } from '../contracts/errors.ts';
import type { JournalEntry, Snapshot } from '../workflow/journal.ts';
import { digestOf, snapshotText, stateAt, stateText } from '../workflow/replay.ts';
import { ENGINE_VERSION } from '../workflow/state.ts';

/** A run's state after one of its entries, rebuilt from the journal alone. */
export interface Replay {
  readonly run_id: string;
  readonly at: number;
  readonly entries: number;
  /** Of `state`, as canonical JSON. */
  readonly sha256: string;
  readonly state: unknown;
  /** What the coordinator had stored after the same entry, if it had. */
  readonly snapshot?: { readonly sha256: string; readonly same: boolean };
}

/** @throws DataError `unreadable_journal` when an entry can't be folded: another version wrote it, or it is damaged */
export function replayOf(
  runId: string,
  entries: readonly JournalEntry[],
  at: number,
  snapshot: Snapshot | undefined,
): Replay {
  const text = stateText(fold(runId, entries, at));
  const sha256 = digestOf(text);
  const comparable = snapshot?.seq === at && snapshot.engine === ENGINE_VERSION;
  const stored = comparable ? digestOf(snapshotText(snapshot.state)) : undefined;
  return {
    ...{ run_id: runId, at, entries: entries.length, sha256, state: JSON.parse(text) },
    ...(stored !== undefined && { snapshot: { sha256: stored, same: stored === sha256 } }),
  };
}

function fold(runId: string, entries: readonly JournalEntry[], at: number) {
  try {
    return stateAt(runId, entries, at);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new DataError('unreadable_journal', `run ${runId} can't be replayed to entry ${at}: ${message}`);
  }
}
