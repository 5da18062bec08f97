import {
  type AuditChain,
  type AuditNote,
  type AuditRecord,
  PLATFORM_CHAIN,
  RECORDS_PER_NOTE,
} from '../contracts/audit.ts';
import { TenantId } from '../contracts/names.ts';
import type { SecurityEvent, SecurityLog } from '../contracts/security-events.ts';
import type { Ids, Logger, Queues } from './ports.ts';

/** Security events and whatever else is to be noted, on their way to the audit. */
export interface AuditLog extends SecurityLog {
  /** As {@link SecurityLog.note}: never throws, never waits. */
  record(record: AuditRecord): void;
}

export interface AuditLogPorts {
  readonly queues: Pick<Queues, 'send'>;
  readonly auditQueue: string;
  readonly ids: Ids;
  readonly logger: Logger;
}

/**
 * Gathers what is to be noted and sends it to the audit when it is flushed: at the end of each invocation, before its
 * answer. What can't be sent is logged, and counted as `audit_notes_lost`; nobody's work fails because of it.
 */
export function createAuditLog({ queues, auditQueue, ids, logger }: AuditLogPorts): AuditLog {
  let waiting: AuditRecord[] = [];

  async function flush(): Promise<void> {
    const records = waiting;
    waiting = [];
    const notes = [...Map.groupBy(records, chainOf)].flatMap(([chain, of]) => notesOf(chain, of, ids));
    if (notes.length === 0) return;
    try {
      const messages = notes.map((note) => ({
        ...{ body: JSON.stringify(note), groupId: note.chain },
        deduplicationId: note.id,
      }));
      await queues.send(auditQueue, messages);
    } catch (error) {
      logger.error('audit_notes_lost: the audit could not be told', { lost: records.length, error });
    }
  }

  return {
    note: (event) => void waiting.push(securityRecord(event)),
    record: (record) => void waiting.push(record),
    flush,
  };
}

/** A security event as the audit keeps it. */
export function securityRecord(event: SecurityEvent): AuditRecord {
  const { at, tenant = PLATFORM_CHAIN, correlation_id } = event;
  return { kind: 'security', at, tenant, event, ...(correlation_id !== undefined && { correlation_id }) };
}

/** Whoever asks in the name of a tenant that can't be one is noted with the platform. */
function chainOf({ tenant }: AuditRecord): AuditChain {
  return TenantId.safeParse(tenant).success ? tenant : PLATFORM_CHAIN;
}

function notesOf(chain: AuditChain, records: readonly AuditRecord[], ids: Ids): AuditNote[] {
  const notes: AuditNote[] = [];
  for (let from = 0; from < records.length; from += RECORDS_PER_NOTE)
    notes.push({ note: 'records', id: ids.uuid(), chain, records: records.slice(from, from + RECORDS_PER_NOTE) });
  return notes;
}
