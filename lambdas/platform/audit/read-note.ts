import { hash } from 'node:crypto';
import { AuditNote, type MessageRecord } from '../../contracts/audit.ts';
import { DataError, issuesOf } from '../../contracts/errors.ts';
import { JsonObject } from '../../contracts/json.ts';
import { DEFAULT_TENANT, TenantId } from '../../contracts/names.ts';
import { Priority } from '../../contracts/priority.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';

/**
 * What a message in the audit's queue is: a note, or an event that an agent has put on the bus.
 * @throws DataError `audit_note_refused`
 */
export function readNote(record: QueueRecord): AuditNote {
  const body = parsed(record.body);
  if (typeof body === 'object' && body !== null && 'detail-type' in body) return noteOfEvent(body, record);
  const note = AuditNote.safeParse(body);
  if (note.success) return note.data;
  throw new DataError('audit_note_refused', `not a note for the audit: ${issuesOf(note.error)}`);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new DataError('audit_note_refused', 'not a note for the audit: it is no JSON');
  }
}

const text = (value: unknown, most: number): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, most) : undefined;

/** A message between agents over a channel. Of its body only the hash is kept: it is nobody's business here. */
function noteOfEvent(event: object, { id, sentAt }: QueueRecord): AuditNote {
  const of = new Map(Object.entries(event));
  const detail = JsonObject.safeParse(of.get('detail')).data ?? {};
  const tenant = TenantId.catch(DEFAULT_TENANT).parse(detail.tenant);
  const channel = text(of.get('detail-type'), 128) ?? 'unknown';
  const correlation_id = text(detail.correlation_id, 128);
  const happened = Date.parse(text(of.get('time'), 40) ?? '');
  const record: MessageRecord = {
    ...{ kind: 'message', action: 'published', channel, type: channel, tenant },
    at: Number.isFinite(happened) ? happened : sentAt,
    message_id: text(of.get('id'), 256) ?? id,
    sender: text(of.get('source'), 128) ?? 'unknown',
    receiver: 'broadcast',
    priority: Priority.normal,
    ...(correlation_id !== undefined && { correlation_id }),
    body: bodyOf(JSON.stringify(detail)),
  };
  return { note: 'records', id, chain: tenant, records: [record] };
}

const bodyOf = (body: string) => ({ sha256: hash('sha256', body, 'hex'), bytes: Buffer.byteLength(body) });
