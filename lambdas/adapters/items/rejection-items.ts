import type { Rejection } from '../../runtime/ports.ts';
import { type Item, number, readNumber, readText, text } from './attributes.ts';
import { runKey } from './table-layout.ts';

/** Nobody waits longer for the answer to a request. */
const KEEP_SECONDS = 3_600;

export const rejectionKey = (runId: string): Item => ({ pk: text(runKey(runId)), sk: text('R#rejected') });

export const encodeRejection = (runId: string, { id, at, code, reason, field }: Rejection): Item => ({
  ...rejectionKey(runId),
  ...{ id: text(id), at: number(at), code: text(code), reason: text(reason), field: text(field) },
  expires_at: number(Math.ceil(at / 1_000) + KEEP_SECONDS),
});

export const decodeRejection = (item: Item): Rejection => ({
  id: readText(item, 'id'),
  at: readNumber(item, 'at'),
  code: readText(item, 'code'),
  reason: readText(item, 'reason'),
  field: readText(item, 'field'),
});
