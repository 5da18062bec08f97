import * as z from 'zod';
import { DataError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import type { Answer } from '../../contracts/messages.ts';
import type { Awaited, Decided, Durable } from '../abilities.ts';
import { depthFault } from '../budgets/depth.ts';
import type { Attempt } from '../open-abilities.ts';
import type { KnownAnswers } from './answers.ts';
import type { Course, Ended } from './course.ts';
import { finalError, nonDeterministic } from './errors.ts';
import type { Told } from './outcome.ts';
import { askTask, callTask, delegatedTasks, eventTask, namedTasks, type OwnTasks, sleepTask } from './own-tasks.ts';

const Decision = z.object({ decision: z.string(), comment: z.string().optional(), decided_by: z.string() });

/**
 * What leaves the Lambda: tasks of the run that belong to this task, whose answers its next attempt gets.
 * @param recorded what is on record at a place, in words
 */
export function createDelegation(
  attempt: Attempt,
  course: Course,
  answers: () => Promise<KnownAnswers>,
  recorded: (place: string) => Promise<string | undefined>,
): Omit<Durable, 'step'> {
  const { taskId, blobs } = attempt;

  /** Waits until all of them are over. @returns their answers, in their order */
  function answersTo<T>(
    doing: string,
    make: () => OwnTasks,
    tell: (answers: readonly Told<Json>[]) => Told<T>,
  ): Promise<T> {
    return course.begin(doing, async (place): Promise<Ended<T>> => {
      const own = make();
      const step = await recorded(place.name);
      if (step !== undefined) throw nonDeterministic(place.name, step, doing);
      const known = await answers();
      const given = own.flatMap(({ key }) => known.get(place.name + key) ?? []);
      if (own.length === 0) return { by: 'now', tell: async () => tell([]) };
      if (given.length === own.length)
        return { by: 'answer', tell: async () => tell(await Promise.all(given.map(opened))) };
      const before = known.anyAt(place.name);
      if (before !== undefined) throw nonDeterministic(place.name, `the task "${before}"`, doing);
      const tooDeep = own.some(({ task }) => task.type ?? task.workflow) && depthFault(attempt.budgets, 1);
      if (tooDeep) return { by: 'now', tell: async () => ({ error: tooDeep }) };
      place.waitsFor = namedTasks(taskId, place.name, own);
      return course.rest();
    });
  }

  async function opened(answer: Answer): Promise<Told<Json>> {
    if ('error' in answer) return { error: finalError(answer.error) };
    const { result } = answer;
    return { value: 'value' in result ? result.value : await blobs.get(result.ref) };
  }

  return {
    wait: (awaited) => answersTo(`wait for ${awaitedText(awaited)}`, () => waitTask(awaited), only),
    ask: (question, { timeoutSeconds } = {}) =>
      answersTo(
        `ask "${question.question}"`,
        () => askTask(question, timeoutSeconds),
        (given) => decided(only(given)),
      ),
    call: (type, input, options = {}) => answersTo(`call "${type}"`, () => callTask(type, input, options), only),
    delegate: (tasks) =>
      answersTo(
        `delegate ${tasks.map(({ id }) => `"${id}"`).join(', ')}`,
        () => delegatedTasks(tasks),
        (given) => ({
          value: Object.fromEntries(
            given.map((one, index) => [
              tasks[index]?.id ?? '',
              'error' in one ? { error: one.error } : { result: one.value },
            ]),
          ),
        }),
      ),
  };
}

/** A time that has passed already is waited for by nobody. */
function waitTask(awaited: Awaited): OwnTasks {
  if ('event' in awaited) return eventTask(awaited);
  if ('until' in awaited) {
    if (Number.isNaN(awaited.until.getTime()))
      throw new DataError('bad_wait', 'ctx.wait({ until }) needs a valid date');
    return sleepTask(awaited);
  }
  if (!Number.isFinite(awaited.seconds))
    throw new DataError('bad_wait', 'ctx.wait({ seconds }) needs a number of seconds');
  return awaited.seconds > 0 ? sleepTask(awaited) : [];
}

const awaitedText = (awaited: Awaited): string =>
  'event' in awaited
    ? `event "${awaited.event}"${awaited.key === undefined ? '' : ` with key "${awaited.key}"`}`
    : 'until' in awaited
      ? `a time`
      : `${awaited.seconds} s`;

/** Of an operation that waits for one task, or for none. */
const only = ([first]: readonly Told<Json>[]): Told<Json> => first ?? { value: null };

function decided(told: Told<Json>): Told<Decided> {
  if ('error' in told) return told;
  const { comment, ...rest } = Decision.parse(told.value);
  return { value: { ...rest, ...(comment !== undefined && { comment }) } };
}
