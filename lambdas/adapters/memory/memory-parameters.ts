import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { AgentParameters } from '../../contracts/control.ts';
import type { ParameterStore } from '../../runtime/ports.ts';
import { readText } from '../items/attributes.ts';
import {
  decodeParameters,
  encodeNewestParameters,
  encodeParameters,
  parametersKey,
  SET,
} from '../items/control-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Parameters of agents in memory; in the registry's table, which answers the newest with each agent. */
export function memoryParameters(table: MemoryTable): ParameterStore {
  return {
    history: async (agent, limit) =>
      table.query(parametersKey(agent), { consistent: true }).map(decodeParameters).reverse().slice(0, limit),
    put: async (agent, parameters) => {
      const existing = table.putIfAbsent(encodeParameters(agent, parameters));
      if (existing && canonicalJson(decodeParameters(existing)) !== canonicalJson(parameters)) return false;
      const newest = newestParameters(table).get(agent);
      const row = encodeNewestParameters(agent, parameters);
      if (newest && newest.version >= parameters.version) table.billWrite(row);
      else table.put(row);
      return true;
    },
  };
}

/** What `Registry.agents` answers as `set`, by agent. */
export function newestParameters(table: MemoryTable): ReadonlyMap<string, AgentParameters> {
  return new Map(table.query(SET, { consistent: false }).map((item) => [readText(item, 'sk'), decodeParameters(item)]));
}
