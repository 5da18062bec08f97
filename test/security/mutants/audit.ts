import type { AttackMutant } from '../attack-mutant.ts';

const TAMPERING = 'test/unit/platform/audit/tampering.test.ts';
const CHAIN = 'lambdas/audit/verify-chain.ts';
const JOURNAL = 'lambdas/audit/verify-journal.ts';

/** What was noted for good. */
export const AUDIT_MUTANTS: readonly AttackMutant[] = [
  {
    attack: 20,
    id: 'gaps-in-chains',
    file: CHAIN,
    find: "if (seq > last + 1) find('missing',",
    replace: "if (seq < 0) find('missing',",
    defence: 'objects have numbers: one that was taken out leaves a gap',
    test: { file: TAMPERING, name: 'the objects of the audit show that one was taken out' },
  },
  {
    attack: 20,
    id: 'order-of-chains',
    file: CHAIN,
    find: 'if (own.seq !== seq || own.chain !== chain)',
    replace: "if (own.chain === '')",
    defence: 'each knows its own place',
    test: { file: TAMPERING, name: 'the objects of the audit show that two have changed places' },
  },
  {
    attack: 20,
    id: 'links-of-chains',
    file: CHAIN,
    find: 'else if (seq === last + 1 && previous !== undefined && own.prev !== previous)',
    replace: "else if (own.prev === '')",
    defence: 'each names the hash of the one before',
    test: { file: TAMPERING, name: 'show that a record of object 1 was changed' },
  },
  {
    attack: 20,
    id: 'ends-of-chains',
    file: CHAIN,
    find: 'if (whole && end > last) find(',
    replace: 'if (whole && end < 0) find(',
    defence: 'the head says where a chain ends',
    test: { file: TAMPERING, name: 'the objects of the audit show that the last ones were cut off' },
  },
  {
    attack: 20,
    id: 'entries-of-journals',
    file: JOURNAL,
    find: 'if (entry.hash !== undefined && entry.hash !== hash && seq === last + 1)',
    replace: "if (entry.hash === '')",
    defence: 'a journal is a chain of its own',
    test: { file: TAMPERING, name: 'shows that of an entry' },
  },
  {
    attack: 20,
    id: 'roots-of-journals',
    file: JOURNAL,
    find: 'else if (root !== undefined && root !== (entry.hash ?? hash))',
    replace: "else if (root === '')",
    defence: 'whose roots lie in the audit: it can not be made anew',
    test: { file: TAMPERING, name: 'shows that it was made anew, with hashes that fit together' },
  },
];
