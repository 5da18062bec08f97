import type { RunEvent, TaskIndex } from '../workflow/events.ts';
import type { JournalEntry } from '../workflow/journal.ts';
import { momentsOf } from './moments.ts';

/** What happened in one entry of a journal, in few words. */
export interface EntryText {
  readonly entry: number;
  /** ms */
  readonly at: number;
  readonly what: readonly string[];
}

const MOST = 4;
/** The engine's own business: of no use to whoever looks for a place to fork from. */
const SILENT: ReadonlySet<RunEvent['type']> = new Set(['timer_armed']);

/** @param nameOf a task's id by its place */
export function entryTexts(entries: readonly JournalEntry[], nameOf: (index: TaskIndex) => string): EntryText[] {
  return entries.map((entry) => {
    const moments = momentsOf([entry], nameOf);
    const types = [...new Set(entry.events.map(({ type }) => type))].filter((type) => !SILENT.has(type));
    const what = types.map((type) => {
      const tasks = moments.flatMap(({ what: name, task }) => (name === type && task !== undefined ? [task] : []));
      return `${type.replaceAll('_', ' ')}${namesText(tasks)}`;
    });
    return { entry: entry.seq, at: entry.at, what };
  });
}

function namesText(tasks: readonly string[]): string {
  if (tasks.length === 0) return '';
  const rest = tasks.length - MOST;
  return `: ${tasks.slice(0, MOST).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
