import type { EntryText } from '../../lambdas/views/entry-texts.ts';
import { table, timeOf } from './text.ts';

export function entriesTable(entries: readonly EntryText[], now: number): string {
  const rows = entries.map(({ entry, at, what }) => [String(entry), timeOf(at, now), what.join(' · ')]);
  return table(['entry', 'time', 'what'], rows);
}
