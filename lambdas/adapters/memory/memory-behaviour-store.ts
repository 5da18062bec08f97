import type { BehaviourStore } from '../../runtime/behaviour-store.ts';
import type { Clock } from '../../runtime/ports.ts';
import { readNumber, readText } from '../items/attributes.ts';
import {
  alertsKey,
  baselinesKey,
  decodeAlert,
  decodeStored,
  encodeAlert,
  encodeStored,
  HEAD,
  leftOver,
} from '../items/behaviour-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Baselines and alerts in memory. */
export function memoryBehaviourStore(table: MemoryTable, clock: Clock): BehaviourStore {
  let writers = 0;
  return {
    version: async (tenant) => {
      const head = table.get(baselinesKey(tenant), HEAD);
      return head ? readNumber(head, 'version') : 0;
    },
    load: async (tenant) => decodeStored(table.query(baselinesKey(tenant))),
    save: async (tenant, behaviour) => {
      writers += 1;
      const writer = `w${writers}`;
      const { head, parts } = encodeStored(tenant, behaviour, writer, clock.now());
      for (const part of parts) table.put(part);
      const before = table.get(baselinesKey(tenant), HEAD);
      if (before && readNumber(before, 'version') !== behaviour.version - 1) return false;
      table.put(head);
      for (const old of leftOver(table.query(baselinesKey(tenant)), behaviour.version, writer))
        table.delete(baselinesKey(tenant), readText(old, 'sk'));
      return true;
    },
    keepAlert: async (alert) => table.put(encodeAlert(alert)),
    alerts: async (tenant, limit) => table.query(alertsKey(tenant)).map(decodeAlert).reverse().slice(0, limit),
  };
}
