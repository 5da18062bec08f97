import type { Clock } from '../runtime/ports.ts';

/** A clock whose timers can all be cancelled at once; those armed later never fire. */
export interface StoppableClock extends Clock {
  stop(): void;
}

export function stoppableClock(clock: Clock): StoppableClock {
  const armed = new Set<() => void>();
  let stopped = false;
  return {
    now: () => clock.now(),
    after(ms, callback) {
      if (stopped) return () => {};
      const cancel = clock.after(ms, () => {
        armed.delete(cancel);
        callback();
      });
      armed.add(cancel);
      return () => {
        armed.delete(cancel);
        cancel();
      };
    },
    stop() {
      stopped = true;
      for (const cancel of armed) cancel();
      armed.clear();
    },
  };
}
