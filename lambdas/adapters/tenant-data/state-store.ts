import { BlobRef } from '../../contracts/blob.ts';
import type { Json } from '../../contracts/json.ts';
import type { Blobs, Clock } from '../../runtime/ports.ts';
import type { TenantPiece, TenantStore } from '../../tenancy/tenant-store.ts';
import { type Item, text } from '../items/attributes.ts';
import { expiryAfter } from '../items/run-items.ts';
import { runIdOf, runKey } from '../items/table-layout.ts';
import { earlyKey, openRunsKey } from '../items/tenant-items.ts';
import { cursorOf, type ItemTable, keyAt } from './item-table.ts';
import { ownerOf } from './owner-of.ts';
import { encodeGone, GONE, type Owners } from './owners.ts';
import { plainItem } from './plain-item.ts';

/** Longer than claims and recorded steps outlive their runs. */
const KEEP_GONE_DAYS = 45;
const RUN = 'RUN#';
/** Rows that say whose a run or flow is: they go last, so that what was begun is found again after a crash. */
const SAYS_WHOSE = new Set(['A#run', 'A#snapshot', 'E#000000000001']);

/** A row that stands alone, or a run or flow with all its rows. */
interface StatePiece extends TenantPiece {
  readonly rows: readonly Item[];
  /** The partition of a run or flow. */
  readonly of?: string;
  /** The row that has led here: it goes last of all. */
  readonly leads?: Item;
}

/**
 * Runs and flows of a tenant, and what else the state table has of it. A run goes as a whole; what stays of it for some
 * weeks is a row that says whose it was, so that what an agent or a message writes of it too late is found as well.
 */
export function stateStore(
  table: ItemTable,
  owners: Owners,
  { clock, blobs }: { readonly clock: Clock; readonly blobs: Pick<Blobs, 'get'> },
): TenantStore {
  async function partitionOf(pk: string): Promise<StatePiece> {
    const rows = await table.partition(pk);
    return { id: pk, of: pk, rows: rows.filter(({ sk }) => sk?.S !== GONE), lines: () => opened(rows, blobs) };
  }

  async function pieceOf(item: Item, tenant: string): Promise<StatePiece | undefined> {
    const pk = item.pk?.S ?? '';
    if (item.sk?.S === GONE || !(await owners.isOf(ownerOf('state', item), tenant))) return undefined;
    if (pk.startsWith(RUN)) return partitionOf(pk);
    // What is kept of a run that never began is found by this row alone: it goes with it.
    if (pk === earlyKey(tenant))
      return { ...(await partitionOf(runKey(item.sk?.S ?? ''))), id: cursorOf(item), leads: item };
    const id = cursorOf(item);
    const lines = async (): Promise<Json[]> => [plainItem(item)];
    const parked = item.parked_id?.S;
    if (parked === undefined) return { id, rows: [item], lines };
    return { id, rows: [{ pk: text(`PARKED#${parked}`), sk: text('A#parked') }], leads: item, lines };
  }

  return {
    name: 'state',
    async page(tenant, from) {
      const { items, next } = await table.scan(from === undefined ? undefined : keyAt(from));
      const pieces = new Map<string, StatePiece>();
      const seen = new Set<string>();
      for (const item of items) {
        const pk = item.pk?.S ?? '';
        if (pk.startsWith(RUN) && seen.has(pk)) continue;
        const piece = await pieceOf(item, tenant);
        if (item.sk?.S !== GONE) seen.add(pk);
        if (piece) pieces.set(piece.id, piece);
      }
      // A partition that began on the page before was a piece of that page.
      const last = from === undefined ? undefined : keyAt(from);
      if (last?.pk?.S?.startsWith(RUN) && last.sk?.S !== GONE) pieces.delete(last.pk.S);
      return { pieces: [...pieces.values()], ...(next && { next: cursorOf(next) }) };
    },

    async remove(tenant, pieces) {
      for (const piece of pieces) {
        if (!isStatePiece(piece)) continue;
        const { of, rows, leads } = piece;
        const runId = of === undefined || of.startsWith('RUN#flow_') ? undefined : runIdOf(of);
        if (runId !== undefined) {
          await table.put(encodeGone(runId, tenant, expiryAfter(clock.now(), KEEP_GONE_DAYS)));
          await table.remove([{ pk: text(openRunsKey(tenant)), sk: text(runId) }]);
        }
        await table.remove(rows.filter(({ sk }) => !SAYS_WHOSE.has(sk?.S ?? '')));
        await table.remove(rows.filter(({ sk }) => SAYS_WHOSE.has(sk?.S ?? '')));
        if (leads) await table.remove([leads]);
      }
    },
  };
}

const isStatePiece = (piece: TenantPiece): piece is StatePiece => 'rows' in piece;

/** A journal that was archived is fetched from there. */
async function opened(rows: readonly Item[], blobs: Pick<Blobs, 'get'>): Promise<Json[]> {
  const lines: Json[] = rows.filter(({ sk }) => sk?.S !== GONE).map(plainItem);
  for (const { r, sk } of rows) {
    if (r?.S === undefined || !sk?.S?.startsWith('E#')) continue;
    const ref = BlobRef.safeParse(JSON.parse(r.S));
    if (ref.data) lines.push({ archived: await blobs.get(ref.data) });
  }
  return lines;
}
