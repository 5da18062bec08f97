import type { Clock } from '../../../lambdas/runtime/ports.ts';
import type { ContainerId } from '../../../lambdas/testing/hooks.ts';

/** A process that is paused for good is let go on after so long: whatever it held has been given up by then. */
const LONGEST_MS = 4 * 3_600_000;

export const nameOf = ({ process, container }: ContainerId): string => `${process} ${container}`;

/** Which processes stand still, and until when. */
export interface Pauses {
  readonly any: boolean;
  freeze(container: ContainerId, ms: number): void;
  /** ms that it still stands; 0 or less: it goes on. */
  leftOf(container: ContainerId): number;
  /** The container's clock: one that stands still does not hear its timers either; they go off when it goes on. */
  clockOf(container: ContainerId, own: Clock): Clock;
}

export function createPauses(clock: Clock): Pauses {
  const until = new Map<string, number>();
  const leftOf = (container: ContainerId): number =>
    until.size === 0 ? 0 : (until.get(nameOf(container)) ?? 0) - clock.now();
  return {
    get any() {
      return until.size > 0;
    },
    freeze: (container, ms) => void until.set(nameOf(container), clock.now() + Math.min(ms, LONGEST_MS)),
    leftOf,
    clockOf: (container, own) => ({
      now: () => own.now(),
      after(ms, callback) {
        const ring = (): void => {
          const pause = leftOf(container);
          if (pause > 0) cancel = own.after(pause, ring);
          else callback();
        };
        let cancel = own.after(ms, ring);
        return () => cancel();
      },
    }),
  };
}
