import * as z from 'zod';
import { BlobRef } from '../../contracts/blob.ts';
import { DataError, ErrorReport } from '../../contracts/errors.ts';
import type { RunPlace, RunRecord, RunStatus } from '../../runtime/ports.ts';
import { type Item, number, readNumber, readText, text } from './attributes.ts';
import { correlationKey, runIdOf, runKey, sortableTime, wakeShard } from './table-layout.ts';

const Status = z.enum(['requested', 'running', 'completed', 'failed', 'cancelled']);
export const END_STATES: readonly RunStatus[] = ['completed', 'failed', 'cancelled'];
export const isEnd = (status: RunStatus): boolean => END_STATES.includes(status);

/** Days that an ended run's record is kept: as a tombstone of its request id, and as history. */
export const KEEP_ENDED_DAYS = 90;

/** Epoch seconds, as DynamoDB's TTL wants them. */
export function expiryAfter(at: number, days: number): number {
  return Math.ceil(at / 1_000) + days * 86_400;
}

/** Where a run stands in the list of its tenant, as text that sorts by time. */
export const listPlace = ({ requestedAt, runId }: RunPlace): string => `${sortableTime(requestedAt)}#${runId}`;

export function encodeRun(record: RunRecord, keepDays: number): Item {
  return {
    pk: text(runKey(record.runId)),
    sk: text('A#run'),
    tenant: text(record.tenant),
    requested: text(listPlace(record)),
    request_id: text(record.requestId),
    correlation_id: text(record.correlationId),
    correlated: text(correlationKey(record.tenant, record.correlationId)),
    workflow: text(record.workflow),
    version: number(record.version),
    digest: text(record.requestDigest),
    ...(record.requestedBy !== undefined && { requested_by: text(record.requestedBy) }),
    status: text(record.status),
    requested_at: number(record.requestedAt),
    ...(record.endedAt !== undefined && {
      ended_at: number(record.endedAt),
      expires_at: number(expiryAfter(record.endedAt, keepDays)),
    }),
    ...(record.error && { error: text(JSON.stringify(record.error)) }),
    ...(record.start && { start: text(JSON.stringify(record.start)) }),
    ...(record.reopenedAt !== undefined && { reopened_at: number(record.reopenedAt) }),
    ...(record.archived && { archived: text(JSON.stringify(record.archived)) }),
  };
}

export function decodeRun(item: Item): RunRecord {
  return {
    runId: runIdOf(readText(item, 'pk')),
    tenant: readText(item, 'tenant'),
    requestId: readText(item, 'request_id'),
    correlationId: readText(item, 'correlation_id'),
    workflow: readText(item, 'workflow'),
    version: readNumber(item, 'version'),
    requestDigest: readText(item, 'digest'),
    ...(item.requested_by && { requestedBy: readText(item, 'requested_by') }),
    status: Status.parse(readText(item, 'status')),
    requestedAt: readNumber(item, 'requested_at'),
    ...(item.ended_at && { endedAt: readNumber(item, 'ended_at') }),
    ...(item.error && { error: ErrorReport.parse(JSON.parse(readText(item, 'error'))) }),
    ...(item.start && { start: BlobRef.parse(JSON.parse(readText(item, 'start'))) }),
    ...(item.reopened_at && { reopenedAt: readNumber(item, 'reopened_at') }),
    ...(item.archived && { archived: BlobRef.parse(JSON.parse(readText(item, 'archived'))) }),
  };
}

/** @param seq of the journal's entry that says so */
export function encodeWake(runId: string, at: number, seq?: number): Item {
  return {
    pk: text(runKey(runId)),
    sk: text('A#wake'),
    wake_shard: text(wakeShard(runId)),
    wake_at: number(at),
    ...(seq !== undefined && { set_by: number(seq) }),
  };
}

/** Runs that one answer of `open` lists. */
export const OPEN_PAGE = 200;
/** Flows have wake rows too. */
export const isRun = (id: string): boolean => id.startsWith('run_');

/** What setting the status of a run that nobody created answers. */
export function runUnknown(runId: string): DataError {
  return new DataError('run_unknown', `there is no run ${runId}; was it created before its status was set?`);
}
