import type { AgentLoad, RegisteredAgent } from '../../contracts/registry.ts';
import type { Blobs, Registry, RegistryWriter } from '../../runtime/ports.ts';
import { readText, text } from '../items/attributes.ts';
import {
  decodeAgent,
  decodeDefinition,
  definitionChanged,
  definitionKey,
  encodeAgent,
  encodeDefinition,
  versionKey,
} from '../items/registry-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** The registry in memory, both sides. It answers what was written last: without the ten seconds of the one on AWS. */
export function memoryRegistry(table: MemoryTable, blobs: Blobs): Registry & RegistryWriter {
  const loads = new Map<string, AgentLoad>();
  const latest = new Map<string, number>();
  const loadKey = (agent: string) => ({ pk: text('LOAD'), sk: text(agent) });

  /** Only what is new, as an update of a row: the monitor, people and the agent itself each write their part. */
  function note(agent: string, known: Partial<AgentLoad>): void {
    table.billWrite({ ...loadKey(agent), known: text(JSON.stringify(known)) });
    loads.set(agent, { queue_depth: 0, measured_at: 0, ...loads.get(agent), ...structuredClone(known) });
  }

  async function definition(name: string, version = latest.get(name)) {
    const item = version === undefined ? undefined : table.get(definitionKey(name), versionKey(version), false);
    return item && decodeDefinition(item, blobs);
  }

  return {
    agents: async () =>
      table
        .query('AGENT', { consistent: false })
        .map(decodeAgent)
        .map((agent): RegisteredAgent => {
          const load = loads.get(agent.name);
          return load ? { ...agent, load: { ...load } } : agent;
        }),
    definition,
    definitions: async () => {
      const all = await Promise.all([...latest.keys()].sort().map((name) => definition(name)));
      return all.filter((found) => found !== undefined);
    },

    registerAgent: async (agent) => table.put(encodeAgent(agent)),
    removeAgent: async (name) => {
      table.delete('AGENT', name);
      table.billWrite(loadKey(name));
      loads.delete(name);
    },
    registerDefinition: async (document) => {
      const { item, digest } = await encodeDefinition(document, blobs);
      const existing = table.putIfAbsent(item);
      if (existing && readText(existing, 'digest') !== digest) throw definitionChanged(document);
      latest.set(document.name, Math.max(latest.get(document.name) ?? 0, document.version));
    },
    recordLoad: async (agent, load) => note(agent, load),
    recordStats: async (agent, stats) => note(agent, { stats }),
    recordHealth: async (agent, health, judged = false) => {
      if (!judged || loads.get(agent)?.health?.set_by === undefined) note(agent, { health });
    },
  };
}
