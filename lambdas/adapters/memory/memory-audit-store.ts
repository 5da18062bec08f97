import type { AuditStore } from '../../runtime/audit-store.ts';
import type { Clock } from '../../runtime/ports.ts';
import { readNumber, readText } from '../items/attributes.ts';
import {
  CHAINS,
  decodeAnchor,
  decodeHead,
  decodeRef,
  encodeAnchor,
  encodeHead,
  encodeRef,
  objectKey,
  refKey,
  rootKey,
  seqOf,
} from '../items/audit-items.ts';
import type { MemoryTable } from './memory-table.ts';
import type { Meter } from './meter.ts';

/** The audit in memory; `objects` is its bucket, for whoever wants to tamper with it. */
export function memoryAuditStore(
  table: MemoryTable,
  meter: Meter,
  clock: Clock,
): AuditStore & { readonly objects: Map<string, { text: string; at: number }> } {
  const objects = new Map<string, { text: string; at: number }>();
  return {
    objects,
    head: async (chain) => {
      const item = table.get(CHAINS, chain);
      return item && decodeHead(item);
    },
    heads: async () => table.query(CHAINS).map(decodeHead),
    advance: async (head) => {
      const item = table.get(CHAINS, head.chain);
      if (!item || readNumber(item, 'q') < head.seq) table.put(encodeHead(head));
    },
    put: async (chain, seq, text) => {
      meter.add('s3_put', 1);
      const key = objectKey(chain, seq);
      if (objects.has(key)) return false;
      objects.set(key, { text, at: clock.now() });
      return true;
    },
    read: async (chain, seq) => {
      meter.add('s3_get', 1);
      return objects.get(objectKey(chain, seq))?.text;
    },
    list: async (chain) =>
      [...objects]
        .flatMap(([key, { at }]) => {
          const seq = seqOf(chain, key);
          return seq === undefined ? [] : [{ seq, at }];
        })
        .sort((a, b) => a.seq - b.seq),
    chains: async () => [...new Set([...objects.keys()].map((key) => key.split('/')[1] ?? ''))],
    noteCorrelation: async (chain, correlationId, seq) => table.put(encodeRef(chain, correlationId, seq)),
    findCorrelation: async (chain, correlationId) => table.query(refKey(chain, correlationId)).map(decodeRef),
    noteAnchor: async (anchor) => {
      const known = table.get(readText(rootKey(anchor.runId), 'pk'), 'ROOT');
      if (!known || readNumber(known, 'q') < anchor.seq) table.put(encodeAnchor(anchor));
    },
    anchorOf: async (runId) => {
      const item = table.get(readText(rootKey(runId), 'pk'), 'ROOT');
      return item && decodeAnchor(runId, item);
    },
  };
}
