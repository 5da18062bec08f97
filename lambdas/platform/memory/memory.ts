import { NonRecoverableError, reportOf } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import type { MemoryReply } from '../../contracts/memory.ts';
import { consolidate } from './consolidate.ts';
import { forAgents } from './for-agents.ts';
import { forPeople } from './for-people.ts';
import type { MemoryPorts } from './memory-ports.ts';
import { poolStore } from './pool-store.ts';

/** Who calls: it is told by the door that they came through, which IAM opens for them alone. */
export type MemoryCaller = { readonly agent: string } | 'people' | 'schedule';

/** The one place where memories are read and written. */
export function createMemory(ports: MemoryPorts) {
  const store = poolStore(ports);
  const agents = forAgents(ports, store);
  const people = forPeople(ports, store);

  async function serve(caller: MemoryCaller, request: unknown): Promise<Json> {
    if (caller === 'people') return people(request);
    if (caller !== 'schedule') return agents(caller.agent, request);
    for (const tenant of await ports.memories.tenants())
      ports.logger.info('memories consolidated', { tenant, ...(await consolidate(tenant, ports, store)) });
    return null;
  }

  /** Never throws: a failure is an answer as well, with its class, which a thrown error would lose on its way. */
  return async (caller: MemoryCaller | undefined, request: unknown): Promise<MemoryReply> => {
    try {
      if (caller === undefined) throw new NonRecoverableError('memory_not_permitted', 'this door is nobody’s');
      return { answer: await serve(caller, request) };
    } catch (error) {
      const report = reportOf(error);
      ports.logger.warn('memory refused', { caller, code: report.code, error });
      return { error: report };
    }
  };
}
