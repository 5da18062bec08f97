import { DataError, issuesOf } from '../../contracts/errors.ts';
import { asJson, type Json } from '../../contracts/json.ts';
import { PeopleMemoryRequest } from '../../contracts/memory.ts';
import { consolidate } from './consolidate.ts';
import { erase } from './erase.ts';
import type { MemoryPorts } from './memory-ports.ts';
import type { PoolStore } from './pool-store.ts';
import { nameOfPool, ownPool } from './pools-of.ts';
import { recall } from './recall.ts';
import { noSuchMemory } from './remember.ts';
import { eraseTenant, exportOf } from './tenant.ts';
import { unlearn } from './unlearn.ts';

/** What people ask for, who may invoke the Lambda for themselves: they see everything of the tenant that they name. */
export function forPeople(ports: MemoryPorts, store: PoolStore) {
  /** @throws MusterError that says why not */
  return async function serve(request: unknown): Promise<Json> {
    const parsed = PeopleMemoryRequest.safeParse(request);
    if (!parsed.success) throw new DataError('memory_request_invalid', issuesOf(parsed.error));
    const { tenant, operation } = parsed.data;
    const pools = await ports.memories.pools(tenant);
    switch (operation.op) {
      case 'pools':
        return Promise.all(
          pools.map(async (pool) => ({
            pool: nameOfPool(pool),
            entries: (await store.read({ tenant, pool })).state.size,
          })),
        );
      case 'recall': {
        const { query, agent } = operation;
        const wanted = pools.filter(
          (pool) =>
            (query.pools === undefined || query.pools.includes(nameOfPool(pool))) &&
            (agent === undefined || pool === ownPool(agent)),
        );
        const readable = wanted.map((pool) => ({ name: nameOfPool(pool), pool }));
        return asJson(await recall(tenant, query, readable, ports, store));
      }
      case 'show': {
        for (const pool of pools) {
          const found = (await store.read({ tenant, pool })).state.get(operation.id);
          if (found) return asJson({ ...found.entry, pool: nameOfPool(pool) });
        }
        throw noSuchMemory(operation.id);
      }
      case 'unlearn':
        return asJson(await unlearn(tenant, operation.run, ports, store));
      case 'erase':
        return asJson(await erase(tenant, operation.subject, ports, store));
      case 'consolidate':
        return asJson(await consolidate(tenant, ports, store));
      case 'export':
        return asJson(await exportOf(tenant, operation.after, ports, store));
      case 'erase_tenant':
        return asJson(await eraseTenant(tenant, ports, store));
    }
  };
}
