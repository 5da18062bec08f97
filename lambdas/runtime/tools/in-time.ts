import { RecoverableError } from '../../contracts/errors.ts';
import type { Clock } from '../ports.ts';

/** The work was let go of; nobody knows whether it still takes effect. */
export class ToolTimeout extends RecoverableError {
  constructor(ms: number) {
    super('tool_timeout', `the tool did not answer within ${Math.ceil(ms / 1_000)} s`);
  }
}

/**
 * Work that is told to stop, and let go of, when its time is over.
 * @param late told what it came to all the same
 * @throws ToolTimeout
 */
export async function inTime<T>(
  { until, clock, signal }: { until: number; clock: Clock; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
  late: (result: T) => void = () => {},
): Promise<T> {
  const left = Math.max(0, until - clock.now());
  const stop = new AbortController();
  const overrun = Promise.withResolvers<never>();
  const end = (): void => {
    const timeout = new ToolTimeout(left);
    overrun.reject(timeout);
    stop.abort(timeout);
  };
  const cancelTimer = clock.after(left, end);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  const done = work(stop.signal);
  try {
    return await Promise.race([done, overrun.promise]);
  } catch (error) {
    if (error instanceof ToolTimeout) done.then(late, () => {});
    throw error;
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', end);
  }
}
