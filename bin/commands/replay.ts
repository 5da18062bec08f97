import { entryTexts } from '../../lambdas/views/entry-texts.ts';
import { foldEntries, newFold } from '../../lambdas/views/run-fold.ts';
import { viewOf } from '../../lambdas/views/run-view.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';
import { entryNumber, readJournal } from '../cloud/read-journal.ts';
import { findRun } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { entriesTable } from '../views/entries.ts';
import { replayOf } from '../views/replay.ts';
import { headline, taskTable } from '../views/run-display.ts';
import { nextText, paint } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface ReplayOptions extends JsonOption {
  /** Number of a journal entry. */
  readonly at?: string;
  /** What happened in each entry up to there, instead of the state. */
  readonly entries?: boolean;
}

/** `muster replay RUN`: the state after an entry of its journal, rebuilt from the first entry on. */
export function replay(given: string, options: ReplayOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given);
    const entries = await readJournal(session, runId);
    const at = entryNumber(entries, options.at);
    if (options.entries) return showEntries(runId, entries.slice(0, at), options);
    const replayed = replayOf(runId, entries, at, await session.journal.readSnapshot(runId));
    const { sha256, snapshot } = replayed;
    if (snapshot?.same === false) process.exitCode = 1;
    if (options.json) return printJson(replayed);
    const then = entries[at - 1]?.at ?? entries[0]?.at ?? 0;
    const view = viewOf(foldEntries(newFold(runId), entries.slice(0, at)));
    print(`${headline(view, then)}  ${paint.dim(runId)}\n`);
    print(taskTable(view, then, { maxRows: Number.POSITIVE_INFINITY }));
    print(`\nafter entry ${at} of ${entries.length} (${new Date(then).toISOString()})`);
    print(`state sha256 ${sha256}`);
    if (snapshot) print(snapshot.same ? paint.green('the stored snapshot is the same') : difference(snapshot.sha256));
    print(`\n${nextText([`muster fork ${runId.slice(0, 12)} --at ${at}`])}`);
  });
}

function showEntries(runId: string, entries: readonly JournalEntry[], { json }: ReplayOptions): void {
  const { tasks } = foldEntries(newFold(runId), entries).state;
  const texts = entryTexts(entries, (index) => tasks[index]?.definition.id ?? String(index));
  if (json) return void printJson(texts);
  print(entriesTable(texts, Date.now()));
  const short = runId.slice(0, 12);
  print(`\n${nextText([`muster replay ${short} --at N`, `muster fork ${short} --at N`])}`);
}

function difference(stored: string): string {
  return paint.red(`the stored snapshot is another state: sha256 ${stored}`);
}
