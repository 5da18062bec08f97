import type { AgentStats } from '../../contracts/messages.ts';
import type { AgentLoad, RegisteredAgent } from '../../contracts/registry.ts';
import type { Blobs, Registry, RegistryWriter } from '../../runtime/ports.ts';
import { number, readText, text } from '../items/attributes.ts';
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
  const measured = new Map<string, Pick<AgentLoad, 'queue_depth' | 'measured_at'>>();
  const said = new Map<string, AgentStats>();
  const latest = new Map<string, number>();
  const loadKey = (agent: string) => ({ pk: text('LOAD'), sk: text(agent) });

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
          const load = measured.get(agent.name);
          const stats = said.get(agent.name);
          return load ? { ...agent, load: { ...load, ...(stats && { stats }) } } : agent;
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
      measured.delete(name);
      said.delete(name);
    },
    registerDefinition: async (document) => {
      const { item, digest } = await encodeDefinition(document, blobs);
      const existing = table.putIfAbsent(item);
      if (existing && readText(existing, 'digest') !== digest) throw definitionChanged(document);
      latest.set(document.name, Math.max(latest.get(document.name) ?? 0, document.version));
    },
    recordLoad: async (agent, load) => {
      table.billWrite({ ...loadKey(agent), queue_depth: number(load.queue_depth) });
      measured.set(agent, { ...load });
    },
    recordStats: async (agent, stats) => {
      table.billWrite({ ...loadKey(agent), stats: text(JSON.stringify(stats)) });
      said.set(agent, { ...stats });
    },
  };
}
