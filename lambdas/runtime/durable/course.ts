import { AsyncLocalStorage } from 'node:async_hooks';
import { Delegated } from '../delegated.ts';
import type { Attempt } from '../open-abilities.ts';
import type { Told } from './outcome.ts';
import { isBusy, isHandler, newPlace, numberedIn, type Place, placeIn, tasksOf } from './places.ts';
import type { StepLog } from './step-log.ts';
import { createTurns } from './turns.ts';

/** Which operation of which attempt the code that runs belongs to. */
export type Whereabouts = AsyncLocalStorage<{ readonly attempt: Attempt; readonly place: Place }>;
export const createWhereabouts = (): Whereabouts => new AsyncLocalStorage();

/** An operation that has come to its end; what of it is only told when it is its turn. */
export interface Ended<T> {
  /** `now`: it needs no turn, since it comes to the same at the same moment each time. */
  readonly by: 'record' | 'answer' | 'now';
  tell(): Promise<Told<T>>;
}

/** The way of a handler through its operations. */
export interface Course {
  /**
   * Takes the next place at once. What `work` throws ends the attempt, and neither that nor anything after the end is ever
   * told: user code must not go on by what is not on record.
   * @param label names the operation where it is not numbered
   */
  begin<T>(label: string, work: (place: Place) => Promise<Ended<T>>): Promise<T>;
  /** Does the work of an operation: what is begun by it is inside of its place. */
  within<T>(place: Place, work: () => Promise<T> | T): Promise<T>;
  /** From now on the operation waits for what `place.waitsFor` says. */
  rest(): Promise<never>;
  leave(reason: unknown): Promise<never>;
  /** Where the calling code is; undefined in the handler itself. */
  here(): string | undefined;
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Code between operations does little. If it does not come by what is on record for so long, it has changed. */
const PATIENCE_MS = 1_000;

/** Never answers: whoever waits for it goes on in another attempt, or not at all. */
const never = (): Promise<never> => new Promise(() => {});

/** @param atRest resolves when nothing in the process can go on without a timer, input or output */
export function createCourse(
  attempt: Attempt,
  log: StepLog,
  whereabouts: Whereabouts,
  atRest: () => Promise<void>,
): Course {
  const { signal, logger, clock } = attempt;
  const handler = newPlace('');
  const turns = createTurns(log, () => numberedIn(handler));
  const ended = Promise.withResolvers<never>();
  const calm = Promise.withResolvers<void>();
  ended.promise.catch(() => {});
  let isOver = false;
  let isGoingOn = false;
  let hasNews = false;
  let stopWaiting: (() => void) | undefined;

  function leave(reason: unknown): Promise<never> {
    if (!isOver) ended.reject(reason);
    end();
    return never();
  }

  function end(): void {
    isOver = true;
    stopWaiting?.();
    if (!isBusy(handler)) calm.resolve();
  }

  /** Something has come to its end, or waits. */
  function goOn(): void {
    if (isOver) end();
    hasNews = true;
    if (isGoingOn || isOver) return;
    isGoingOn = true;
    tellInTurn().catch(leave);
  }

  /** One after the other: what the handler makes of one is begun before it is told the next. */
  async function tellInTurn(): Promise<void> {
    while (hasNews) {
      hasNews = false;
      await atRest();
      if (isOver) return;
      const isAlone = !isBusy(handler) && tasksOf(handler).length === 0;
      const next = turns.next(isAlone);
      stopWaiting?.();
      if (next) {
        await ('mark' in next ? log.mark(next.mark) : next.turn.tell());
        hasNews = true;
      } else if (!isBusy(handler)) leaveOrWait();
    }
    isGoingOn = false;
  }

  function leaveOrWait(): void {
    const tasks = tasksOf(handler);
    if (tasks.length > 0) leave(new Delegated(tasks));
    else if (turns.isHeldUp())
      stopWaiting = clock.after(PATIENCE_MS, () => {
        turns.passOver();
        goOn();
      });
  }

  function placeNow(): Place {
    const now = whereabouts.getStore();
    return now?.attempt === attempt ? now.place : handler;
  }

  /** Nothing is told in it any more, nor begun. What is under way at the end may finish, with what is inside of it. */
  const isVoid = (outer: Place): boolean => (isHandler(outer) ? isOver : outer.isAtRest);

  async function proceed<T>(place: Place, outer: Place, work: (place: Place) => Promise<Ended<T>>): Promise<T> {
    const told = Promise.withResolvers<T>();
    try {
      const { by, tell } = await work(place);
      const tellNow = async (): Promise<void> => {
        const what = await tell();
        outer.running.delete(place);
        if (isVoid(outer)) return;
        if ('error' in what) told.reject(what.error);
        else told.resolve(what.value);
      };
      if (isHandler(outer) && by !== 'now') {
        place.isAtRest = true;
        turns.add({ place: place.name, by, tell: tellNow });
      } else await tellNow();
    } catch (error) {
      place.isAtRest = true;
      leave(error);
    }
    goOn();
    return told.promise;
  }

  return {
    begin(label, work) {
      const outer = placeNow();
      const place = placeIn(outer, label);
      outer.running.add(place);
      if (!isVoid(outer) && !signal.aborted) return proceed(place, outer, work);
      place.isAtRest = true;
      goOn();
      return never();
    },
    within: (place, work) => whereabouts.run({ attempt, place }, async () => work()),
    rest() {
      goOn();
      return never();
    },
    leave,
    here: () => (isHandler(placeNow()) ? undefined : placeNow().name),
    async run(work) {
      try {
        return await Promise.race([whereabouts.run({ attempt, place: handler }, work), ended.promise]);
      } finally {
        const waiting = isOver ? [] : tasksOf(handler);
        if (waiting.length > 0) logger.warn('the handler ended without what it waited for', { tasks: waiting.length });
        end();
        // Work that is under way would be done again if nobody waited for its record.
        if (isBusy(handler)) await Promise.race([calm.promise, aborted(signal)]);
      }
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
