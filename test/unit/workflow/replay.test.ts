import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../lambdas/contracts/canonical-json.ts';
import { evolve, evolveAll } from '../../../lambdas/workflow/evolve.ts';
import { digestOf, stateAt, stateDigest, stateText } from '../../../lambdas/workflow/replay.ts';
import { restoreState, snapshotState } from '../../../lambdas/workflow/snapshot.ts';
import { newRun } from '../../../lambdas/workflow/state.ts';
import { completed, dispatched, entries, started } from '../bin/journal.ts';

const journal = entries(
  [
    started([
      { id: 'a', type: 'etl.load' },
      { id: 'b', type: 'etl.load', dependsOn: ['a'] },
    ]),
    dispatched(0),
  ],
  [completed(0), dispatched(1)],
  [completed(1), { type: 'run_completed' }],
);
const RUN = 'run_0000000000000000000000000000000000000000';

describe('Replay', () => {
  test('gives the state after the entry that is asked for, and none of what came later', () => {
    expect(stateAt(RUN, journal, 0).phase).toBe('new');
    expect(stateAt(RUN, journal, 1).tasks.map(({ status }) => status)).toEqual(['dispatched', 'waiting']);
    expect(stateAt(RUN, journal, 2).tasks.map(({ status }) => status)).toEqual(['completed', 'dispatched']);
    expect(stateAt(RUN, journal).phase).toBe('completed');
  });

  test('gives the same bytes however often it is done, and other bytes after every entry', () => {
    const digests = [0, 1, 2, 3].map((seq) => stateDigest(stateAt(RUN, journal, seq)));
    expect([0, 1, 2, 3].map((seq) => stateDigest(stateAt(RUN, journal, seq)))).toEqual(digests);
    expect(new Set(digests).size).toBe(4);
  });

  test('gives what folding entry by entry gives, and shows the state after each on the way', () => {
    const shown: string[] = [];
    const all = evolveAll(newRun(RUN), journal, (state) => shown.push(stateText(state)));
    const one: string[] = [];
    journal.reduce((state, { events, at }) => {
      const next = evolve(state, events, at);
      one.push(stateText(next));
      return next;
    }, newRun(RUN));
    expect(shown).toEqual(one);
    expect(stateText(all)).toBe(one.at(-1));
  });

  test('gives the same bytes from a snapshot as from the beginning', () => {
    const stored: unknown = JSON.parse(JSON.stringify(snapshotState(stateAt(RUN, journal, 2))));
    expect(stateText(restoreState(stored))).toBe(stateText(stateAt(RUN, journal, 2)));
  });

  test('names its text by its digest, whatever the order in which fields were written', () => {
    const state = stateAt(RUN, journal, 2);
    const shuffled = Object.fromEntries(Object.entries(state).reverse()) as typeof state;
    expect(stateDigest(shuffled)).toBe(digestOf(stateText(state)));
    expect(canonicalJson(JSON.parse(stateText(state)))).toBe(stateText(state));
  });
});
