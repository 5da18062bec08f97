import { gzipSync } from 'node:zlib';
import type { Counts, TenantExport } from '../../contracts/tenants.ts';
import type { TenantsPorts } from './tenants-ports.ts';
import { START, walk } from './walk.ts';

/** Characters of one part, about. */
const PART = 8_000_000;

/**
 * Writes everything that there is of a tenant as lines of JSON: first what this is, then a line for each piece with where
 * it lay, last how many there were. Parts are gzipped each by itself; put together they are one gzip file.
 */
export async function exportTenant(tenant: string, ports: TenantsPorts): Promise<TenantExport> {
  const { clock, stores, exports } = ports;
  const at = clock.now();
  const counts: Counts = {};
  const keys: string[] = [];
  let bytes = 0;
  let lines: string[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const part = gzipSync(`${lines.join('\n')}\n`);
    keys.push(await exports.write(tenant, `${at}-${String(keys.length).padStart(4, '0')}.jsonl.gz`, part));
    bytes += part.length;
    [lines, size] = [[], 0];
  };
  const add = async (line: unknown): Promise<void> => {
    const text = JSON.stringify(line);
    lines.push(text);
    size += text.length;
    if (size > PART) await flush();
  };

  await add({ muster_tenant: 1, tenant, at: new Date(at).toISOString() });
  await walk(
    tenant,
    stores,
    START,
    async (store, pieces) => {
      for (const piece of pieces) {
        // Of earlier exports only that they are there would be said.
        if (piece.id.startsWith(`${tenant}/_exports/`)) continue;
        for (const line of await piece.lines()) await add({ store: store.name, piece: line });
        counts[store.name] = (counts[store.name] ?? 0) + 1;
      }
    },
    () => true,
  );
  await add({ end: true, counts });
  await flush();
  ports.securityLog.note({ kind: 'tenant_exported', at, reason: `${keys.length} parts`, tenant, target: tenant });
  return { tenant, at, keys, counts, bytes };
}
