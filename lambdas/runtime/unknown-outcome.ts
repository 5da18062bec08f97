import { NonRecoverableError } from '../contracts/errors.ts';

export const UNKNOWN_OUTCOME = 'unknown_outcome';

/** Nobody knows whether work with outside effects took place, or what it answered (rule 6). */
export function unknownOutcome(what: string): NonRecoverableError {
  const message = `${what}. Its work has outside effects: find out whether they took place, then repair the task`;
  return new NonRecoverableError(UNKNOWN_OUTCOME, message.slice(0, 2_000));
}
