import { NonRecoverableError } from '../../contracts/errors.ts';
import type { MemoryAccess } from '../../contracts/memory.ts';
import type { MemoryPorts } from './memory-ports.ts';
import type { ReadablePool } from './recall.ts';

/** The pools of an agent: its own, and those that its manifest names. */
export interface PoolsOf {
  /** @throws NonRecoverableError `memory_not_permitted` */
  toRead(name: string): ReadablePool;
  /** @throws NonRecoverableError `memory_not_permitted` */
  toWrite(name: string): ReadablePool;
  /** All that it may read. */
  readonly readable: readonly ReadablePool[];
}

const OWN = 'own';

/** How a pool is stored: no name of a shared one can be taken for an agent's. */
export const ownPool = (agent: string): string => `own.${agent}`;
export const sharedPool = (name: string): string => `shared.${name}`;
/** By the name that people know it by. */
export const nameOfPool = (pool: string): string => pool.replace(/^shared\./, '');

/**
 * What the registry says that this agent may use.
 * @throws NonRecoverableError `memory_not_permitted` when it has no memory at all
 */
export async function poolsOf(agent: string, registry: MemoryPorts['registry']): Promise<PoolsOf> {
  const registered = (await registry.agents()).find(({ name }) => name === agent);
  const memory = registered?.memory ?? {};
  if (Object.keys(memory).length === 0)
    throw refused(`${agent} has no memory: declare uses.memory in its manifest, and deploy it`);
  const pools: Readonly<Record<string, MemoryAccess>> = { ...memory, [OWN]: 'read-write' };
  const stored = (name: string): ReadablePool => ({ name, pool: name === OWN ? ownPool(agent) : sharedPool(name) });
  const permitted = (name: string, no: MemoryAccess): ReadablePool => {
    const access = Object.hasOwn(pools, name) ? pools[name] : undefined;
    if (access === undefined || access === no)
      throw refused(
        `${agent} may not ${no === 'read' ? 'write to' : 'read'} the pool "${name}"; its manifest's uses.memory says what it may`,
      );
    return stored(name);
  };
  return {
    toRead: (name) => permitted(name, 'write'),
    toWrite: (name) => permitted(name, 'read'),
    readable: Object.entries(pools).flatMap(([name, access]) => (access === 'write' ? [] : [stored(name)])),
  };
}

const refused = (message: string): NonRecoverableError => new NonRecoverableError('memory_not_permitted', message);
