import type * as z from 'zod';
import type { NewMemory, Recalled } from '../../contracts/memory.ts';
import type { Taint } from '../abilities.ts';

type Told = z.input<typeof NewMemory>;
type Said = Pick<Told, 'text' | 'data' | 'speaker' | 'subject' | 'group' | 'origin'>;

/** What somebody has put into an entry; its id, its run and its times are not theirs. */
const saidIn = ({ text, data, speaker, subject, group, origin }: Said): unknown => [
  ...[text, data, speaker],
  ...[subject, group, origin],
];

/** Says so of what came from outside: whoever recalls it is to know. */
export function withOutside(entry: Told, taint: Taint): Told {
  return entry.outside || taint.isTainted(saidIn(entry)) ? { ...entry, outside: true } : entry;
}

/** What came from outside when it was remembered has come from outside when it is recalled. */
export function markRecalled(entries: ReadonlyArray<Omit<Recalled, 'score'>>, taint: Taint): void {
  for (const { group, sources, ...entry } of entries) {
    if (!sources.some(({ outside }) => outside)) continue;
    for (const { run, origin } of sources) taint.mark(saidIn({ ...entry, origin, ...(group !== run && { group }) }));
  }
}
