import type { Json } from '../../contracts/json.ts';
import type { Durable, OperationKind } from '../abilities.ts';
import { PutBack } from '../budgets/guard.ts';
import type { Attempt, OpenSteps, StepsAtWork } from '../open-abilities.ts';
import type { StepLedger, StepRecord } from '../ports.ts';
import { answersOf } from './answers.ts';
import { createCourse, createWhereabouts, type Ended, type Whereabouts } from './course.ts';
import { createDelegation } from './delegation.ts';
import { isFinal, nonDeterministic, recordedError } from './errors.ts';
import { asRecorded, type Outcome, type Told } from './outcome.ts';
import { namedTasks, sleepTask } from './own-tasks.ts';
import type { Place } from './places.ts';
import { createStepLog } from './step-log.ts';

export interface StepsOptions {
  readonly ledger: StepLedger;
  /** Resolves when nothing in the process can go on without a timer, input or output. Default: Node's next turn. */
  readonly atRest?: () => Promise<void>;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Durable work over a ledger, for the agent of one container. */
export function durableSteps({ ledger, atRest = nextTurn }: StepsOptions): OpenSteps {
  const whereabouts = createWhereabouts();
  return (attempt) => openSteps(attempt, ledger, whereabouts, atRest);
}

function openSteps(
  attempt: Attempt,
  ledger: StepLedger,
  whereabouts: Whereabouts,
  atRest: () => Promise<void>,
): StepsAtWork {
  const { runId, taskId, epoch, blobs } = attempt;
  const log = createStepLog(ledger, attempt);
  const course = createCourse(attempt, log, whereabouts, atRest);
  const answers = answersOf(attempt);
  const wordsOf = ({ kind, name }: Pick<StepRecord, 'kind' | 'name'>): string => `${kind} "${name}"`;

  function operation<T extends Json>(kind: OperationKind, name: string, work: () => Promise<T> | T): Promise<T> {
    const doing = wordsOf({ kind, name });
    return course.begin(doing, async (place): Promise<Ended<T>> => {
      await log.ready();
      let own: { readonly record: StepRecord | undefined; readonly outcome: Outcome } | undefined;
      if (!log.of(place.name)) {
        const delegated = (await answers()).anyAt(place.name);
        if (delegated !== undefined) throw nonDeterministic(place.name, `the task "${delegated}"`, doing);
        // Once it is on record, nobody waits for this work any more.
        const outcome = await Promise.race([outcomeOf(place, name, work), log.elsewhere(place.name)]);
        if (outcome) {
          const record = await log.append({ place: place.name, kind, name }, outcome);
          own = { record, outcome };
        }
      }
      checkSame(place.name, doing);
      return {
        by: 'record',
        tell: async () => {
          const record = log.of(place.name);
          return told<T>(own && record === own.record ? own.outcome : await opened(record));
        },
      };
    });
  }

  function checkSame(place: string, doing: string): void {
    const record = log.of(place);
    if (record && wordsOf(record) !== doing) throw nonDeterministic(place, wordsOf(record), doing);
  }

  async function opened(record: StepRecord | undefined): Promise<Outcome> {
    const outcome = record?.outcome ?? { value: null };
    return 'ref' in outcome ? { value: await blobs.get(outcome.ref) } : outcome;
  }

  async function outcomeOf(place: Place, name: string, work: () => Promise<Json> | Json): Promise<Outcome> {
    try {
      return { value: asRecorded(name, await course.within(place, work)) };
    } catch (error) {
      if (isFinal(error)) return { error: error.toReport() };
      if (error instanceof PutBack) return putBack(place, error);
      throw error;
    }
  }

  /** The operation begins again after a while; it may have done so before. */
  async function putBack(place: Place, { seconds }: PutBack): Promise<never> {
    const known = await answers();
    const key = (again: number): string => `${place.name}_back_${again}`;
    let again = 1;
    while (known.anyAt(key(again)) !== undefined) again += 1;
    place.waitsFor = namedTasks(taskId, key(again), sleepTask({ seconds }));
    return course.rest();
  }

  const durable: Durable = {
    step: (name, work) => operation('step', name, work),
    ...createDelegation(attempt, course, answers, async (place) => {
      await log.ready();
      const record = log.of(place);
      return record && wordsOf(record);
    }),
  };
  return {
    durable,
    operation,
    leave: course.leave,
    callId() {
      const here = course.here();
      if (here === undefined) throw new Error('only an operation has an id of its own: ask for it inside of one');
      return `${runId}/${taskId}/${epoch}/${here}`;
    },
    run: course.run,
  };
}

/** What is on record at an operation's place is what the same operation came to. */
function told<T extends Json>(outcome: Outcome): Told<T> {
  return 'error' in outcome ? { error: recordedError(outcome.error) } : { value: outcome.value as T };
}
