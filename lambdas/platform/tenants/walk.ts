import type { TenantPiece, TenantStore } from '../../tenancy/tenant-store.ts';

/** Where a walk through all stores stands. */
export interface Place {
  readonly store: number;
  readonly from?: string;
}

export const START: Place = { store: 0 };
export const placeText = ({ store, from }: Place): string => JSON.stringify([store, from ?? null]);

export function placeIn(text: string | undefined): Place {
  if (text === undefined) return START;
  const [store, from] = JSON.parse(text) as [number, string | null];
  return { store, ...(from !== null && { from }) };
}

/**
 * Goes through everything that there is of a tenant, page by page.
 * @param goesOn asked after each page
 * @returns where it has stopped; undefined: at the end
 */
export async function walk(
  tenant: string,
  stores: readonly TenantStore[],
  start: Place,
  visit: (store: TenantStore, pieces: readonly TenantPiece[]) => Promise<void>,
  goesOn: () => boolean,
): Promise<Place | undefined> {
  for (let index = start.store; index < stores.length; index++) {
    const store = stores[index];
    if (!store) continue;
    let from = index === start.store ? start.from : undefined;
    do {
      const { pieces, next } = await store.page(tenant, from);
      if (pieces.length > 0) await visit(store, pieces);
      from = next;
      const place = from === undefined ? { store: index + 1 } : { store: index, from };
      if (!goesOn() && place.store < stores.length) return place;
    } while (from !== undefined);
  }
  return undefined;
}
