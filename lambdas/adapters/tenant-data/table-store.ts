import type { TenantPiece, TenantStore } from '../../tenancy/tenant-store.ts';
import type { Item } from '../items/attributes.ts';
import { cursorOf, type ItemTable, keyAt } from './item-table.ts';
import { type OwnedTable, ownerOf } from './owner-of.ts';
import type { Owners } from './owners.ts';
import { plainItem } from './plain-item.ts';

/** A row is a piece. */
interface Row extends TenantPiece {
  readonly item: Item;
}

/** The rows of a tenant in a table that is looked through from end to end: nothing is missed that no key leads to. */
export function tableStore(name: OwnedTable, table: ItemTable, owners: Owners): TenantStore {
  return {
    name,
    async page(tenant, from) {
      const { items, next } = await table.scan(from === undefined ? undefined : keyAt(from));
      const pieces: Row[] = [];
      for (const item of items)
        if (await owners.isOf(ownerOf(name, item), tenant))
          pieces.push({ id: cursorOf(item), lines: async () => [plainItem(item)], item });
      return { pieces, ...(next && { next: cursorOf(next) }) };
    },
    remove: (_tenant, pieces) => table.remove(pieces.flatMap((piece) => (isRow(piece) ? [piece.item] : []))),
  };
}

const isRow = (piece: TenantPiece): piece is Row => 'item' in piece;
