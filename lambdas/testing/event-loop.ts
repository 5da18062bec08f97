/** Something to look at once all that is under way at this moment has come to rest. */
export interface Job {
  run(): void;
}

export interface EventLoop {
  /** Runs the job soon, once however often it was asked for, in the order of first asking. */
  soon(job: Job): void;
  /** Lets everything that can happen at this moment happen. Virtual time only. */
  settle(): Promise<void>;
  /** Resolves when the next job is asked for. */
  news(): Promise<void>;
  /** Whether jobs wait: on a real clock they run by themselves. */
  isBusy(): boolean;
  /** Something that nobody awaits has failed: whoever drives the platform gets the error. */
  fail(error: unknown): void;
  /** @throws what {@link EventLoop.fail} was told */
  check(): void;
}

/**
 * Resolves when no promise that can go on by itself is left. Node looks at callbacks of `nextTick` only after it has
 * run all microtasks, those that they made included; so whatever waits then waits for a timer, for input or output, or
 * for ever. All ports in memory answer by microtasks alone, and one such callback costs less than a microsecond.
 */
export function allAtRest(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** @param selfDriven on a real clock jobs run by themselves; else only {@link EventLoop.settle} runs them */
export function createEventLoop(selfDriven: boolean): EventLoop {
  const waiting = new Set<Job>();
  let failure: { error: unknown } | undefined;
  let scheduled = false;
  /** Made when somebody waits for it: most never do. */
  let heard: PromiseWithResolvers<void> | undefined;

  function runWaiting(): void {
    const jobs = [...waiting];
    waiting.clear();
    for (const job of jobs) job.run();
  }

  function soon(job: Job): void {
    waiting.add(job);
    heard?.resolve();
    heard = undefined;
    if (!selfDriven || scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      runWaiting();
    });
  }

  return {
    soon,
    news() {
      heard ??= Promise.withResolvers();
      return heard.promise;
    },
    isBusy: () => waiting.size > 0,
    async settle() {
      await allAtRest();
      while (waiting.size > 0) {
        runWaiting();
        await allAtRest();
      }
    },
    fail(error) {
      failure ??= { error };
    },
    check() {
      if (!failure) return;
      const { error } = failure;
      failure = undefined;
      throw error;
    },
  };
}
