import type { AgentLoad, AgentRegistration, RegisteredAgent } from '../../contracts/registry.ts';
import type { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import type { Blobs, Registry, RegistryWriter } from '../../runtime/ports.ts';
import { type Item, readText, text } from '../items/attributes.ts';
import {
  boundedHealth,
  decodeAgent,
  decodeDefinition,
  definitionChanged,
  definitionKey,
  encodeAgent,
  encodeDefinition,
  versionKey,
} from '../items/registry-items.ts';
import { frozen } from './frozen.ts';
import { newestParameters } from './memory-parameters.ts';
import type { MemoryTable } from './memory-table.ts';

/** Agents as they lie in the table, and what was read there: the same for every world that they are registered in. */
const agentsWritten = new Map<string, Item>();
const agentsRead = new WeakMap<Item, RegisteredAgent>();
const AGENTS_KEPT = 500;

function agentItem(agent: AgentRegistration): Item {
  const document = JSON.stringify(agent);
  const item = agentsWritten.get(document) ?? encodeAgent(agent);
  if (agentsWritten.size >= AGENTS_KEPT) agentsWritten.clear();
  agentsWritten.set(document, item);
  return item;
}

function agentIn(item: Item): RegisteredAgent {
  const known = agentsRead.get(item) ?? frozen(decodeAgent(item));
  agentsRead.set(item, known);
  return known;
}

/** The registry in memory, both sides. What it answers can be kept, but not written in. It answers what was written last: without the ten seconds of the one on AWS. */
export function memoryRegistry(table: MemoryTable, blobs: Blobs): Registry & RegistryWriter {
  const loads = new Map<string, AgentLoad>();
  const latest = new Map<string, number>();
  const definitionsRead = new WeakMap<Item, WorkflowDefinition>();
  const loadKey = (agent: string) => ({ pk: text('LOAD'), sk: text(agent) });

  /** Only what is new, as an update of a row: the monitor, people and the agent itself each write their part. */
  function note(agent: string, known: Partial<AgentLoad>): void {
    const document = JSON.stringify(known);
    table.billWrite({ ...loadKey(agent), known: text(document) });
    loads.set(agent, frozen({ queue_depth: 0, measured_at: 0, ...loads.get(agent), ...JSON.parse(document) }));
  }

  async function definition(name: string, version = latest.get(name)): Promise<WorkflowDefinition | undefined> {
    const item = version === undefined ? undefined : table.get(definitionKey(name), versionKey(version), false);
    if (!item) return undefined;
    const known = definitionsRead.get(item) ?? frozen(await decodeDefinition(item, blobs));
    definitionsRead.set(item, known);
    return known;
  }

  return {
    agents: async () => {
      const parameters = newestParameters(table);
      return table.query('AGENT', { consistent: false }).map((item): RegisteredAgent => {
        const agent = agentIn(item);
        const load = loads.get(agent.name);
        const set = parameters.get(agent.name);
        return load || set ? { ...agent, ...(load && { load }), ...(set && { set }) } : agent;
      });
    },
    definition,
    definitions: async () => {
      const all = await Promise.all([...latest.keys()].sort().map((name) => definition(name)));
      return all.filter((found) => found !== undefined);
    },

    registerAgent: async (agent) => table.put(agentItem(agent)),
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
      if (!judged || loads.get(agent)?.health?.set_by === undefined) note(agent, { health: boundedHealth(health) });
    },
  };
}
