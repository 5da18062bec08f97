import type { AuditHead, JournalAnchor } from '../../runtime/audit-store.ts';
import { type Item, number, readNumber, readText, text } from './attributes.ts';

/*
 * Where things lie in the audit's table (`pk`, `sk`):
 *
 *   CHAINS                       <chain>              where it stands
 *   RUN#<runId>                  ROOT                 how far the run's journal was noted, and in which object
 *   REF#<chain>#<correlation>    <seq, 12 digits>     an object that speaks of it
 *
 * and in its bucket: chains/<chain>/<seq, 12 digits>.ndjson
 */

export const CHAINS = 'CHAINS';
const PREFIX = 'chains/';
const SUFFIX = '.ndjson';
const digits = (seq: number): string => String(seq).padStart(12, '0');

export const chainPrefix = (chain: string): string => `${PREFIX}${chain}/`;
export const CHAINS_PREFIX = PREFIX;
export const objectKey = (chain: string, seq: number): string => `${chainPrefix(chain)}${digits(seq)}${SUFFIX}`;
/** The number of an object, by its key; undefined for what is none. */
export function seqOf(chain: string, key: string): number | undefined {
  const found = key.startsWith(chainPrefix(chain)) ? key.slice(chainPrefix(chain).length) : '';
  return /^\d{12}\.ndjson$/.test(found) ? Number(found.slice(0, 12)) : undefined;
}

export const rootKey = (runId: string): Item => ({ pk: text(`RUN#${runId}`), sk: text('ROOT') });
export const refKey = (chain: string, correlationId: string): string => `REF#${chain}#${correlationId}`;

export const encodeHead = ({ chain, seq, hash, at }: AuditHead): Item => ({
  ...{ pk: text(CHAINS), sk: text(chain), q: number(seq) },
  ...{ h: text(hash), a: number(at) },
});

export const decodeHead = (item: Item): AuditHead => ({
  chain: readText(item, 'sk'),
  seq: readNumber(item, 'q'),
  hash: readText(item, 'h'),
  at: readNumber(item, 'a'),
});

export const encodeAnchor = ({ runId, seq, hash, chain, object }: JournalAnchor): Item => ({
  ...rootKey(runId),
  ...{ q: number(seq), h: text(hash), n: text(chain), o: number(object) },
});

export const decodeAnchor = (runId: string, item: Item): JournalAnchor => ({
  ...{ runId, seq: readNumber(item, 'q'), hash: readText(item, 'h') },
  ...{ chain: readText(item, 'n'), object: readNumber(item, 'o') },
});

export const encodeRef = (chain: string, correlationId: string, seq: number): Item => ({
  pk: text(refKey(chain, correlationId)),
  sk: text(digits(seq)),
});
export const decodeRef = (item: Item): number => Number(readText(item, 'sk'));
