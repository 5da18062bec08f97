import { setTimeout as sleep } from 'node:timers/promises';
import type { RunFold } from '../../lambdas/views/run-fold.ts';
import { readRejection } from './read-rejection.ts';
import { pauseOf, readFurther } from './run-reader.ts';
import type { Session } from './session.ts';

const WAIT_MS = 20_000;
/** The intake's log is slower to read than a journal, so it is asked more rarely. */
const ASK_INTAKE_EVERY_MS = 4_000;

/** What became of a message to a run: what its journal said, why the intake refused it, or nothing in time. */
export type Answer<T> = { readonly heard: T } | { readonly rejected: string } | { readonly silence: true };

/**
 * Reads a run's journal on until `look` finds in it what became of a message, for 20 s at most. Meanwhile asks whether
 * the intake has refused the message.
 */
export async function awaitAnswer<T>(
  session: Session,
  from: RunFold,
  look: (fold: RunFold) => T | undefined,
): Promise<Answer<T>> {
  const sentAt = Date.now();
  let fold = from;
  let askIntakeAt = sentAt + ASK_INTAKE_EVERY_MS;
  while (Date.now() < sentAt + WAIT_MS) {
    await sleep(pauseOf(session));
    fold = await readFurther(session, fold);
    const heard = look(fold);
    if (heard !== undefined) return { heard };
    if (Date.now() < askIntakeAt) continue;
    askIntakeAt = Date.now() + ASK_INTAKE_EVERY_MS;
    const rejected = await readRejection(session, from.state.runId, sentAt - 1_000);
    if (rejected !== undefined) return { rejected };
  }
  return { silence: true };
}
