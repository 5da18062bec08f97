import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';

/** When a task that sleeps is over, if it begins now. */
export function wakesAt({ sleep }: Pick<TaskDefinition, 'sleep'>, now: number): number {
  const { seconds = 0, until } = sleep ?? {};
  return until === undefined ? now + seconds * 1_000 : Date.parse(until);
}

/** @throws DataError `invalid_sleep` unless it says in exactly one way how long */
export function checkSleep(index: number, { id, sleep }: Pick<TaskDefinition, 'id' | 'sleep'>): void {
  if (!sleep) return;
  const { seconds, until } = sleep;
  if ((seconds === undefined) !== (until === undefined)) return;
  const found = seconds === undefined ? 'neither' : 'both';
  const reason = `task "${id}" sleeps for "seconds" or "until" a time: it has ${found}`;
  throw fault('invalid_sleep', `tasks.${index}.sleep${seconds === undefined ? '' : '.until'}`, reason);
}
