import type { Json } from '../contracts/json.ts';
import { asJson } from '../contracts/json.ts';
import { MemoryExport } from '../contracts/memory.ts';
import type { TenantPiece, TenantStore } from './tenant-store.ts';

/** Asks the memory Lambda in the name of people. */
export type AskMemory = (
  tenant: string,
  operation: { readonly op: 'export'; readonly after?: string } | { readonly op: 'erase_tenant' },
) => Promise<Json>;

/** What is remembered of a tenant. Nobody but the memory Lambda can read it, and that erases it as a whole. */
export function memoryStore(ask: AskMemory): TenantStore {
  return {
    name: 'memories',
    async page(tenant, from) {
      const answer = await ask(tenant, { op: 'export', ...(from !== undefined && { after: from }) });
      const { entries, next, rows, keys, snapshots } = MemoryExport.parse(answer);
      const pieces: TenantPiece[] = entries.map(({ pool, entry }) => ({
        id: `${pool}/${entry.id}`,
        lines: async () => [asJson({ pool, entry })],
      }));
      // What nobody can read any more is there all the same.
      const isLeft = from === undefined && pieces.length === 0 && rows + keys + snapshots > 0;
      if (isLeft) pieces.push({ id: 'sealed', lines: async () => [{ rows, keys, snapshots }] });
      return { pieces, ...(next !== undefined && { next }) };
    },
    remove: async (tenant) => void (await ask(tenant, { op: 'erase_tenant' })),
  };
}
