import { type Replay, replayOf as replayed } from '../../lambdas/views/replay-run.ts';
import type { JournalEntry, Snapshot } from '../../lambdas/workflow/journal.ts';
import { explainedAtOnce } from '../cloud/explained.ts';

/** @throws CliError when an entry can't be folded: another version wrote it, or it is damaged */
export const replayOf = (
  runId: string,
  entries: readonly JournalEntry[],
  at: number,
  snapshot: Snapshot | undefined,
): Replay => explainedAtOnce(() => replayed(runId, entries, at, snapshot));
