import type { TenantStore } from '../../tenancy/tenant-store.ts';
import { sharedWatchPrefix, TOPICS, WATCHES } from '../items/stream-items.ts';
import type { ItemTable } from './item-table.ts';

/**
 * What a tenant follows beside runs: one row has it for all tenants, since everybody who has something to say reads it. As
 * long as a tenant is named there, its logs are written.
 */
export function sharedWatchesStore(table: ItemTable): TenantStore {
  return {
    name: 'watches',
    async page(tenant) {
      const row = await table.get(WATCHES, WATCHES);
      const topics = Object.entries(row?.[TOPICS]?.M ?? {});
      return {
        pieces: topics
          .filter(([name]) => name.startsWith(sharedWatchPrefix(tenant)))
          .map(([name, until]) => ({ id: name, lines: async () => [{ watched: name, until: Number(until.N ?? 0) }] })),
      };
    },
    remove: (_tenant, pieces) =>
      table.removeEntries(
        { pk: { S: WATCHES }, sk: { S: WATCHES } },
        TOPICS,
        pieces.map(({ id }) => id),
      ),
  };
}
