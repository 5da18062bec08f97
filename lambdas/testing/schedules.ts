import type { Clock } from '../runtime/ports.ts';

/** Calls that come by themselves, each so often. */
export interface Schedules {
  /** When the next is due; infinite when there is none. */
  nextAt(): number;
  /** Makes those that are due, and plans them anew. */
  callDue(now: number): void;
  stop(): void;
}

export interface Schedule {
  readonly everyMs: number;
  call(): void;
}

/** @param selfDriven on a real clock they come by themselves; else {@link Schedules.callDue} makes them */
export function createSchedules(clock: Clock, schedules: readonly Schedule[], selfDriven: boolean): Schedules {
  const start = clock.now();
  const planned = schedules
    .filter(({ everyMs }) => everyMs > 0)
    .map((schedule) => ({ schedule, at: start + schedule.everyMs }));
  let cancel = (): void => {};

  const nextAt = (): number => Math.min(...planned.map(({ at }) => at));
  function callDue(now: number): void {
    for (const plan of planned) {
      if (plan.at > now) continue;
      plan.at = now + plan.schedule.everyMs;
      plan.schedule.call();
    }
  }
  function arm(): void {
    if (planned.length === 0) return;
    cancel = clock.after(nextAt() - clock.now(), () => {
      callDue(clock.now());
      arm();
    });
  }
  if (selfDriven) arm();
  return {
    nextAt,
    callDue,
    stop: () => {
      cancel();
      planned.length = 0;
    },
  };
}
