import * as fc from 'fast-check';
import { dynamoJournal } from '../../../../lambdas/adapters/aws/dynamo-journal.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { RunEvent } from '../../../../lambdas/workflow/events.ts';
import type { Journal, JournalEntry, Snapshot } from '../../../../lambdas/workflow/journal.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { agentName, json, moment, result, runId, someText } from '../words.ts';

const small = fc.integer({ min: 0, max: 6 });

const event: fc.Arbitrary<RunEvent> = fc.oneof(
  moment.map((at): RunEvent => ({ type: 'timer_armed', at })),
  someText.map((reason): RunEvent => ({ type: 'run_cancelled', reason, by: 'someone' })),
  fc
    .tuple(agentName, fc.array(fc.tuple(small, small, small, result), { maxLength: 4 }))
    .map(([agent, done]): RunEvent => ({ type: 'tasks_completed', agent, done })),
);

/** An entry without its number: that depends on how many there are by then. */
const turn = fc.record({
  turnId: fc.constantFrom('turn-1', 'turn-2', 'turn-3'),
  at: moment,
  confirmed: small,
  events: fc.array(event, { maxLength: 3 }),
});

const snapshot: fc.Arbitrary<Snapshot> = fc.record({
  seq: fc.integer({ min: 1, max: 3 }),
  at: moment,
  confirmed: small,
  engine: fc.integer({ min: 1, max: 2 }),
  // The large one lies in the blob bucket.
  state: fc.oneof(
    { weight: 9, arbitrary: json },
    { weight: 1, arbitrary: fc.constant({ rows: 'row '.repeat(30_000) }) },
  ),
});

/** A journal as turns write it: how far back from the next free number, 0 for the right one. */
type JournalTurns = Omit<Journal, 'append'> & {
  append(run: string, back: number, entry: Omit<JournalEntry, 'seq'>): Promise<unknown>;
};

/**
 * Never leaves a gap: no turn does. The journal in memory throws a RangeError there, as a guard for simulations; the
 * one on AWS can't see it.
 */
function turnsOn(journal: Journal): JournalTurns {
  const lengths = new Map<string, number>();
  return {
    ...journal,
    append: async (run, back, entry) => {
      const seq = Math.max(1, (lengths.get(run) ?? 0) + 1 - back);
      const outcome = await journal.append(run, { ...entry, seq });
      if (outcome.appended) lengths.set(run, seq);
      return outcome;
    },
  };
}

/** Entries appended at the next number and at taken ones, read from anywhere; snapshots newer, older and refolded. */
export function journalConformance(services: LocalServices): Conformance<JournalTurns> {
  const back = fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3);
  return {
    name: 'journal',
    operation: fc.oneof(
      { weight: 6, arbitrary: calls('append', fc.tuple(runId, back, turn)) },
      { weight: 3, arbitrary: calls('read', fc.tuple(runId, small)) },
      { weight: 4, arbitrary: calls('writeSnapshot', fc.tuple(runId, snapshot)) },
      { weight: 4, arbitrary: calls('readSnapshot', fc.tuple(runId)) },
    ),
    open: async () => {
      const { table, drop } = await services.stateTable();
      const cloud = dynamoJournal(services.dynamo, table, services.blobs);
      return pairOf(turnsOn(virtualWorld().journal), turnsOn(cloud), drop);
    },
  };
}
