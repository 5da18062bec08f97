import { ResultValue } from '../../contracts/blob.ts';
import type { Heartbeat } from '../../runtime/ports.ts';
import { type Item, number, packed, readNumber, readText, text, unpacked } from './attributes.ts';
import { expiryAfter } from './run-items.ts';
import { runIdOf, runKey } from './table-layout.ts';

/** Sort keys of the last signs of life of a run's tasks: `H#<taskId>`. */
export const HEARTBEAT = 'H#';
const KEEP_BEATS_DAYS = 1;
/** One more than the oldest that `fallback.cachedSeconds` can ask for. */
const KEEP_RESULTS_DAYS = 366;

export function encodeHeartbeat({ runId, taskId, attempt, agent, at }: Heartbeat): Item {
  return {
    pk: text(runKey(runId)),
    sk: text(HEARTBEAT + taskId),
    attempt: number(attempt),
    agent: text(agent),
    at: number(at),
    expires_at: number(expiryAfter(at, KEEP_BEATS_DAYS)),
  };
}

export function decodeHeartbeat(item: Item): Heartbeat {
  return {
    runId: runIdOf(readText(item, 'pk')),
    taskId: readText(item, 'sk').slice(HEARTBEAT.length),
    attempt: readNumber(item, 'attempt'),
    agent: readText(item, 'agent'),
    at: readNumber(item, 'at'),
  };
}

export const resultKey = (tenant: string, workflow: string, taskId: string): Item => ({
  pk: text(`RESULT#${tenant}#${workflow}`),
  sk: text(taskId),
});

export function encodeResult(key: Item, result: ResultValue, at: number): Item {
  return {
    ...key,
    at: number(at),
    result: packed(JSON.stringify(result)),
    expires_at: number(expiryAfter(at, KEEP_RESULTS_DAYS)),
  };
}

export function decodeResult(item: Item): { result: ResultValue; at: number } {
  return { result: ResultValue.parse(unpacked(item, 'result')), at: readNumber(item, 'at') };
}
