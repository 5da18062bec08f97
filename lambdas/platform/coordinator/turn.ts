import { decide } from '../../workflow/decide.ts';
import { hasExpressions } from '../../workflow/expressions.ts';
import type { JournalEntry } from '../../workflow/journal.ts';
import type { TurnInput } from '../../workflow/turn.ts';
import { type Evaluations, evaluateInputs } from './assignments.ts';
import { carryOut, wakeMessage } from './carry-out.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import type { RunStore } from './run-store.ts';

/** Another writer may win the number we wanted a few times; more often than this, something is wrong. */
const APPEND_TRIES = 5;

/**
 * One turn of one run: read what is new, decide, append ONE journal entry, and only then act (rules 1 and 2).
 * @throws whatever the ports throw; the caller sends the messages back to the queue
 */
export async function takeTurn(
  runId: string,
  inputs: readonly TurnInput[],
  repeatOwed: boolean,
  store: RunStore,
  ports: CoordinatorPorts,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const run = await store.load(runId);
    const now = Math.max(ports.clock.now(), run.at);
    const decided = await decideWithExpressions(run.state, inputs, now, ports);
    const { events, state, evaluations, more } = decided;
    const owed = repeatOwed ? [...run.owed] : [];
    if (events.length > 0) {
      const confirmed = (run.owed[0]?.seq ?? run.seq + 1) - 1;
      const entry: JournalEntry = { seq: run.seq + 1, turnId: ports.ids.uuid(), at: now, confirmed, events };
      const outcome = await store.append(run, entry, state);
      if (!outcome.appended) {
        if (tries >= APPEND_TRIES)
          throw new Error(`run ${runId}: ${tries} writers in a row took the next journal number`);
        continue;
      }
      owed.push(entry);
    }
    if (owed.length > 0) await carryOut(state, owed, evaluations, ports);
    if (more) {
      const body = await wakeMessage(state, now, ports);
      await ports.queues.send(ports.coordinatorQueue, [{ body, groupId: runId, deduplicationId: ports.ids.uuid() }]);
    }
    await store.confirm(runId, owed);
    return;
  }
}

/** Decides; where task inputs hold expressions, evaluates them outside the engine and decides on with the values. */
async function decideWithExpressions(
  start: Parameters<typeof decide>[0],
  inputs: readonly TurnInput[],
  now: number,
  ports: CoordinatorPorts,
) {
  const agents = await ports.registry.agents();
  const evaluations: Evaluations = new Map();
  const context = {
    now,
    agents,
    random: ports.random,
    evaluated: evaluations,
    hasExpressions: (definition: { input?: unknown }) => hasExpressions(definition.input as never),
  };
  let decision = decide(start, inputs, context);
  const events = [...decision.events];
  while (decision.toEvaluate.length > 0) {
    const values = await evaluateInputs(decision.state, decision.toEvaluate, ports.evaluator, ports.blobs);
    for (const [index, value] of values) evaluations.set(index, value);
    decision = decide(decision.state, [], context);
    events.push(...decision.events);
  }
  return { ...decision, events, evaluations };
}
