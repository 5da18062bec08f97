import { type AuditNote, type HeadRecord, PLATFORM_CHAIN, RECORDS_PER_NOTE } from '../../contracts/audit.ts';
import type { AuditStore } from '../../runtime/audit-store.ts';
import type { Clock, Ids, Logger, Queues } from '../../runtime/ports.ts';

export interface CheckpointPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly queues: Pick<Queues, 'send'>;
  readonly auditStore: Pick<AuditStore, 'heads'>;
  readonly auditQueue: string;
}

/**
 * Writes into the platform's chain where each tenant's stands: from then on a chain that was cut short, or is gone as a
 * whole, is missed. The log line is for whoever keeps the platform's own head outside.
 */
export async function checkpoint({ clock, ids, logger, queues, auditStore, auditQueue }: CheckpointPorts) {
  const heads = await auditStore.heads();
  const at = clock.now();
  const records = heads.flatMap(({ chain, seq, hash }): HeadRecord[] =>
    chain === PLATFORM_CHAIN ? [] : [{ kind: 'head', at, tenant: PLATFORM_CHAIN, chain, seq, hash }],
  );
  const notes: AuditNote[] = [];
  for (let from = 0; from < records.length; from += RECORDS_PER_NOTE) {
    const some = records.slice(from, from + RECORDS_PER_NOTE);
    notes.push({ note: 'records', id: ids.uuid(), chain: PLATFORM_CHAIN, records: some });
  }
  const messages = notes.map((note) => ({
    ...{ body: JSON.stringify(note), groupId: PLATFORM_CHAIN },
    deduplicationId: note.id,
  }));
  if (messages.length > 0) await queues.send(auditQueue, messages);
  const own = heads.find(({ chain }) => chain === PLATFORM_CHAIN);
  logger.info('audit checkpoint', {
    chains: records.length,
    ...(own && { platform_seq: own.seq, platform_hash: own.hash }),
  });
  return { chains: records.length };
}
