import { hash } from 'node:crypto';
import { AuditNote, type MessageRecord } from '../../contracts/audit.ts';
import { DataError, issuesOf } from '../../contracts/errors.ts';
import { JsonObject } from '../../contracts/json.ts';
import { DEFAULT_TENANT, TenantId } from '../../contracts/names.ts';
import { Priority } from '../../contracts/priority.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import type { MessageSecurity } from '../../runtime/signing/message-security.ts';
import { isRefusal, type RefusalCode } from '../../runtime/signing/refusal.ts';
import { checkEvent } from '../../runtime/signing/signed-bus.ts';

/**
 * What a message in the audit's queue is: a note, or an event on the bus that says it is an agent's. One that this agent has
 * not signed is noted too, as refused.
 * @throws DataError `audit_note_refused`; SystemError when the signature can't be checked now
 */
export async function readNote(record: QueueRecord, security: MessageSecurity): Promise<AuditNote> {
  const body = parsed(record.body);
  if (typeof body === 'object' && body !== null && 'detail-type' in body)
    return noteOfEvent(body, record, await refusalOf(record.body, security));
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

async function refusalOf(event: string, security: MessageSecurity): Promise<RefusalCode | undefined> {
  try {
    await checkEvent(event, security);
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
}

/** A message between agents over a channel. Of its body only the hash is kept: it is nobody's business here. */
function noteOfEvent(event: object, { id, sentAt }: QueueRecord, code: RefusalCode | undefined): AuditNote {
  const of = new Map(Object.entries(event));
  const detail = JsonObject.safeParse(of.get('detail')).data ?? {};
  const tenant = TenantId.catch(DEFAULT_TENANT).parse(detail.tenant);
  const channel = text(of.get('detail-type'), 128) ?? 'unknown';
  const correlation_id = text(detail.correlation_id, 128);
  const happened = Date.parse(text(of.get('time'), 40) ?? '');
  const record: MessageRecord = {
    ...{ kind: 'message', channel, type: channel, tenant },
    ...(code === undefined ? { action: 'published' } : { action: 'refused', code }),
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
