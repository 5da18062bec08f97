import type { Mutant } from './mutant.ts';

/** Bugs around what is noted for good. */
export const AUDIT_MUTANTS: readonly Mutant[] = [
  {
    id: 'chain-begins-anew',
    file: 'platform/coordinator/journal-store.ts',
    find: 'entryHash(loaded.hash, entry,',
    replace: 'entryHash(chainStart(loaded.id), entry,',
    rule: 'A',
    why: 'an entry is not chained to the one before',
    faults: [],
  },
  {
    id: 'end-without-root',
    file: 'platform/coordinator/tell-audit.ts',
    find: "  'run_completed',",
    replace: '',
    rule: 'A',
    why: 'the audit does not hear that a run has completed',
    faults: [],
  },
  {
    id: 'audit-repeats',
    file: 'platform/audit/note-journal.ts',
    find: 'foldRecords(run_id, opened, anchored)',
    replace: 'foldRecords(run_id, opened, 0)',
    rule: 'A',
    why: 'what was noted before is noted again with the next root',
    faults: [],
    commands: true,
  },
];
