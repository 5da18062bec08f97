import { appendRecords, type Pending } from '../../audit/append.ts';
import type { AuditChain, AuditNote } from '../../contracts/audit.ts';
import type { BatchWork } from '../../runtime/queue-handler.ts';
import type { AuditPorts } from './audit-ports.ts';
import { noteJournal } from './note-journal.ts';
import { readNote } from './read-note.ts';
import { settle } from './settle.ts';

interface Received {
  readonly record: string;
  readonly note: AuditNote;
}

/**
 * Keeps what it is told in the audit, one object for each chain and batch. It stands behind a FIFO queue whose group is the
 * chain, so that rarely more than one writes to a chain; where two do, the object's number fences one.
 */
export function createAudit(ports: AuditPorts): BatchWork {
  return async (records, invocation) => {
    const failed: string[] = [];
    const received: Received[] = [];
    for (const record of records) {
      try {
        received.push({ record: record.id, note: await readNote(record, ports.messageSecurity) });
      } catch (error) {
        // It goes to the dead letters, where somebody looks at it: nothing for the audit is dropped.
        ports.logger.error('note for the audit can not be read', { record: record.id, error });
        failed.push(record.id);
      }
    }
    for (const [chain, notes] of Map.groupBy(received, ({ note }) => note.chain)) {
      try {
        await append(chain, notes, ports);
      } catch (error) {
        ports.logger.error('audit could not be written; its notes go back to the queue', { chain, error });
        failed.push(...notes.map(({ record }) => record));
      }
    }
    invocation.note({ notes: received.length });
    return failed;
  };
}

async function append(chain: AuditChain, received: readonly Received[], ports: AuditPorts): Promise<void> {
  const pending = received.map(
    ({ note }): Pending => ({
      id: note.id,
      records: async (before) => (note.note === 'records' ? note.records : noteJournal(note, before, ports)),
    }),
  );
  await appendRecords(chain, pending, ports.clock.now(), ports.auditStore, (object) => settle(object, ports));
}
