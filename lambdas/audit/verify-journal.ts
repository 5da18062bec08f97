import type { RootRecord } from '../contracts/audit.ts';
import type { BlobRef } from '../contracts/blob.ts';
import type { JournalEntry } from '../workflow/journal.ts';
import { chainStart, digested, entryHash } from '../workflow/journal-chain.ts';
import type { Finding } from './finding.ts';

/**
 * Holds a run's journal against itself and against the roots that the audit has of it. Finds an entry that was changed,
 * moved, taken out or cut off; without a root, whoever can write the table could have made all of it anew.
 * @param entries of the run, as its store has them
 * @param claim fetches documents that were moved before there were digests
 */
export async function checkJournal(
  runId: string,
  entries: readonly JournalEntry[],
  roots: readonly Pick<RootRecord, 'seq' | 'hash'>[],
  claim: (ref: BlobRef) => Promise<unknown>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const find = (code: Finding['code'], seq: number, message: string): void =>
    void findings.push({ code, run_id: runId, seq, message });
  const rooted = new Map(roots.map(({ seq, hash }) => [seq, hash]));
  let previous = chainStart(runId);
  let last = 0;
  for (const entry of entries) {
    const { seq } = entry;
    if (seq <= last) find('reordered', seq, `entry ${seq} comes after entry ${last}`);
    else if (seq > last + 1) find('missing', last + 1, `${gap(last + 1, seq - 1)} taken out`);
    const hash = entryHash(previous, entry, await digested(entry.events, claim));
    const root = rooted.get(seq);
    if (entry.hash !== undefined && entry.hash !== hash && seq === last + 1)
      find('changed', seq, `entry ${seq} is not what was written there: it was changed, or moved`);
    else if (root !== undefined && root !== (entry.hash ?? hash))
      find('changed', seq, `the entries up to ${seq} are not those that the audit knows: they were made anew`);
    // What follows is held against what is written: a change is found where it was made.
    previous = entry.hash ?? hash;
    last = Math.max(last, seq);
  }
  const known = Math.max(0, ...rooted.keys());
  if (known > last) find('truncated', last + 1, `${gap(last + 1, known)} cut off: the audit knows entry ${known}`);
  return findings;
}

const gap = (from: number, to: number): string => (from === to ? `entry ${from} was` : `entries ${from} to ${to} were`);
