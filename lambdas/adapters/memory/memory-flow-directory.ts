import type { FlowDirectory } from '../../runtime/ports.ts';
import { readNumber, readText } from '../items/attributes.ts';
import { byNameAndKey, decodeFlow, encodeFlow, flowPartitions } from '../items/flow-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** The flows that are in use, in memory. */
export function memoryFlowDirectory(table: MemoryTable): FlowDirectory {
  return {
    note: async (gate, at) => {
      const item = encodeFlow(gate, at);
      const kept = table.get(readText(item, 'pk'), gate.flow_id);
      if (kept && readNumber(kept, 'at') > at) table.billWrite(item);
      else table.put(item);
    },

    forget: async (gate, at) => {
      const pk = readText(encodeFlow(gate, at), 'pk');
      const kept = table.get(pk, gate.flow_id);
      if (kept && readNumber(kept, 'at') > at) table.billWrite(kept);
      else table.delete(pk, gate.flow_id);
    },

    list: async (tenant, limit) =>
      flowPartitions(tenant)
        .flatMap((partition) => table.query(partition, { consistent: false }).slice(0, limit))
        .map(decodeFlow)
        .sort(byNameAndKey)
        .slice(0, limit),
  };
}
