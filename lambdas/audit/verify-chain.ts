import type { HeadRecord, RootRecord } from '../contracts/audit.ts';
import type { AuditStore } from '../runtime/audit-store.ts';
import { chainBegin, decodeObject, objectHash } from './audit-object.ts';
import type { Finding } from './finding.ts';

/** What a walk along a chain has shown. */
export interface ChainReport {
  readonly chain: string;
  readonly objects: number;
  readonly records: number;
  /** The last object that is there: keep it elsewhere, and the chain can't be made anew up to it. */
  readonly tip?: { readonly seq: number; readonly hash: string };
  readonly findings: readonly Finding[];
  readonly roots: readonly RootRecord[];
  readonly heads: readonly HeadRecord[];
  /** Tenants that were erased: their journals are gone for good. */
  readonly erased: readonly string[];
}

export interface Period {
  /** ms; objects written before and after are not looked at. */
  readonly from?: number;
  readonly to?: number;
}

/**
 * Reads every object of a chain and holds it against the one before, its number and the chain's head. Finds objects that
 * were changed, moved, taken out or cut off.
 * @param known where others say that the chain stood (the platform's chain, or somebody who wrote it down)
 */
export async function verifyChain(
  chain: string,
  store: Pick<AuditStore, 'head' | 'list' | 'read'>,
  known: readonly Pick<HeadRecord, 'seq' | 'hash'>[] = [],
  { from = 0, to = Number.POSITIVE_INFINITY }: Period = {},
): Promise<ChainReport> {
  const head = await store.head(chain);
  const listed = await store.list(chain);
  const findings: Finding[] = [];
  const find = (code: Finding['code'], seq: number, message: string): void =>
    void findings.push({ code, chain, seq, message });
  const roots: RootRecord[] = [];
  const heads: HeadRecord[] = [];
  const erased = new Set<string>();
  const expected = new Map(known.map(({ seq, hash }) => [seq, hash]));
  const part = listed.filter(({ at }) => at >= from && at <= to);
  const first = part[0]?.seq ?? 1;
  let last = from > 0 ? first - 1 : 0;
  let previous = last === 0 ? chainBegin(chain) : await hashAt(chain, last, store);
  let tip: ChainReport['tip'];
  let records = 0;
  for (const { seq } of part) {
    if (seq > last + 1) find('missing', last + 1, `${gap(last + 1, seq - 1)} not there`);
    const text = await store.read(chain, seq);
    const hash = text === undefined ? undefined : objectHash(text);
    const object = text === undefined ? undefined : opened(text);
    if (!object) find('unreadable', seq, `object ${seq} can't be read`);
    else {
      const { head: own } = object;
      if (own.seq !== seq || own.chain !== chain)
        find('reordered', seq, `object ${seq} is the one that was written as ${own.chain}/${own.seq}`);
      else if (seq === last + 1 && previous !== undefined && own.prev !== previous)
        find('changed', seq - 1, `object ${seq - 1} is not the one that object ${seq} follows`);
      records += object.records.length;
      for (const record of object.records) {
        if (record.kind === 'root') roots.push(record);
        if (record.kind === 'head') heads.push(record);
        if (record.kind === 'security' && record.event.kind === 'tenant_erased')
          erased.add(record.event.target_tenant ?? record.tenant);
      }
    }
    const told = expected.get(seq);
    if (told !== undefined && told !== hash) find('changed', seq, `object ${seq} is not the one that was known`);
    if (head?.seq === seq && head.hash !== hash) find('changed', seq, `object ${seq}, the last one, was changed`);
    previous = hash;
    last = seq;
    if (hash !== undefined) tip = { seq, hash };
  }
  const end = Math.max(0, ...expected.keys(), head?.seq ?? 0);
  const whole = to === Number.POSITIVE_INFINITY;
  if (whole && end > last) find('truncated', last + 1, `${gap(last + 1, end)} cut off`);
  if (whole && head === undefined && last > 0) find('truncated', last, `the head of chain ${chain} is gone`);
  const counts = { objects: part.length, records };
  return { chain, ...counts, ...(tip && { tip }), findings, roots, heads, erased: [...erased] };
}

async function hashAt(chain: string, seq: number, store: Pick<AuditStore, 'read'>): Promise<string | undefined> {
  const text = await store.read(chain, seq);
  return text === undefined ? undefined : objectHash(text);
}

function opened(text: string): ReturnType<typeof decodeObject> | undefined {
  try {
    return decodeObject(text);
  } catch {
    return undefined;
  }
}

const gap = (from: number, to: number): string => (from === to ? `object ${from} is` : `objects ${from} to ${to} are`);
