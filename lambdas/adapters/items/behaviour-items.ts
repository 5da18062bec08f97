import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { BehaviourAlert } from '../../contracts/behaviour.ts';
import { SystemError } from '../../contracts/errors.ts';
import type { StoredBehaviour } from '../../runtime/behaviour-store.ts';
import { type Item, number, packed, readNumber, readText, text, unpacked } from './attributes.ts';
import { expiryAfter } from './run-items.ts';
import { sortableTime } from './table-layout.ts';

/*
 * Where things lie in the table of behaviour (`pk`, `sk`; TTL attribute `expires_at`):
 *
 *   BASELINES#<tenant>   HEAD                                  which version counts, and how far the audit was read for it
 *   BASELINES#<tenant>   V#<version, 12 digits>#<writer>#<part>  a part of it: a head names whole versions only
 *   ALERTS#<tenant>      <at>#<alert id>                       an alert
 */

/** Baselines of a tenant of whom nothing is heard, and alerts, go after so long. */
const KEEP_DAYS = 90;
/** Far enough below the largest item. */
const PART_BYTES = 350 * 1024;
/** Text repeats itself a lot: the quickest qualities are nearly as small. */
const QUALITY = 4;

export const baselinesKey = (tenant: string): string => `BASELINES#${tenant}`;
export const alertsKey = (tenant: string): string => `ALERTS#${tenant}`;
export const HEAD = 'HEAD';
export const headKey = (tenant: string): Item => ({ pk: text(baselinesKey(tenant)), sk: text(HEAD) });
const versionKey = (version: number): string => `V#${String(version).padStart(12, '0')}#`;
const writerKey = (version: number, writer: string): string => `${versionKey(version)}${writer}#`;

/**
 * The parts are written first, then the head.
 * @param writer names whoever writes: of two that write the same version, neither spoils the other's parts
 */
export function encodeStored(
  tenant: string,
  { text: state, seen, version }: StoredBehaviour,
  writer: string,
  now: number,
) {
  const pk = text(baselinesKey(tenant));
  const bytes = brotliCompressSync(state, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } });
  const expires_at = number(expiryAfter(now, KEEP_DAYS));
  const parts: Item[] = [];
  for (let from = 0; from < bytes.length; from += PART_BYTES)
    parts.push({
      ...{ pk, sk: text(writerKey(version, writer) + parts.length), expires_at },
      bytes: { B: bytes.subarray(from, from + PART_BYTES) },
    });
  const head: Item = {
    ...{ pk, sk: text(HEAD), expires_at },
    ...{ version: number(version), seen: number(seen), parts: number(parts.length) },
    writer: text(writer),
  };
  return { head, parts };
}

/** @param items of the tenant's partition. @throws SystemError `item_unreadable` when a part is missing */
export function decodeStored(items: readonly Item[]): StoredBehaviour | undefined {
  const byKey = new Map(items.map((item) => [readText(item, 'sk'), item]));
  const head = byKey.get(HEAD);
  if (!head) return undefined;
  const version = readNumber(head, 'version');
  const prefix = writerKey(version, readText(head, 'writer'));
  const parts = Array.from({ length: readNumber(head, 'parts') }, (_, part) => byKey.get(`${prefix}${part}`)?.bytes?.B);
  const whole = parts.filter((part) => part !== undefined);
  if (whole.length < parts.length)
    throw new SystemError('item_unreadable', 'a part of the stored behaviour is missing');
  return { text: brotliDecompressSync(Buffer.concat(whole)).toString('utf8'), seen: readNumber(head, 'seen'), version };
}

/** What no head names any more, now that it names this. */
export function leftOver(items: readonly Item[], version: number, writer: string): Item[] {
  const own = writerKey(version, writer);
  const next = versionKey(version + 1);
  return items.flatMap(({ pk, sk }) =>
    pk && sk?.S?.startsWith('V#') && sk.S < next && !sk.S.startsWith(own) ? [{ pk, sk }] : [],
  );
}

export const encodeAlert = (alert: BehaviourAlert): Item => ({
  pk: text(alertsKey(alert.tenant)),
  sk: text(`${sortableTime(alert.at)}#${alert.alert_id}`),
  expires_at: number(expiryAfter(alert.at, KEEP_DAYS)),
  doc: packed(JSON.stringify(alert)),
});

export const decodeAlert = (item: Item): BehaviourAlert => BehaviourAlert.parse(unpacked(item, 'doc'));
