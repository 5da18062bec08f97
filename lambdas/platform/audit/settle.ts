import type { AuditObject } from '../../audit/audit-object.ts';
import { toOcsf } from '../../audit/ocsf.ts';
import type { AuditPorts } from './audit-ports.ts';

/** Index rows written at once. */
const AT_ONCE = 25;

/** Everything that goes by an object: where its correlations and roots are found, and who must hear of it. */
export async function settle(
  { head: { chain, seq }, records }: AuditObject,
  { auditStore, siem, readers }: Pick<AuditPorts, 'auditStore' | 'siem' | 'readers'>,
): Promise<void> {
  const correlations = new Set(records.flatMap(({ correlation_id: id }) => (id === undefined ? [] : [id])));
  const rows = [
    ...[...correlations].map((id) => () => auditStore.noteCorrelation(chain, id, seq)),
    ...records.flatMap((record) => {
      if (record.kind !== 'root') return [];
      const { run_id: runId, hash } = record;
      return [() => auditStore.noteAnchor({ runId, seq: record.seq, hash, chain, object: seq })];
    }),
  ];
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await Promise.all(rows.slice(from, from + AT_ONCE).map((write) => write()));
  const events = records.flatMap((record, place) =>
    record.kind === 'security' ? [toOcsf(record.event, `${chain}/${seq}/${place}`)] : [],
  );
  if (events.length > 0) await siem.tell(events, { chain, seq });
  await readers?.tell(chain);
}
