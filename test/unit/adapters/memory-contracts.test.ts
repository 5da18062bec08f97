import type { PublishedEvent } from '../../../lambdas/adapters/memory/memory-bus.ts';
import {
  memoryMemories,
  memoryMemoryKeys,
  memoryMemorySnapshots,
} from '../../../lambdas/adapters/memory/memory-memories.ts';
import { memoryObjectStore } from '../../../lambdas/adapters/memory/memory-object-store.ts';
import { memoryWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { allContracts } from './contracts/all-contracts.ts';
import type { PortsUnderTest } from './contracts/ports-under-test.ts';

function memoryUnderTest(): PortsUnderTest {
  const secret = { name: 'etl/source', value: 'a value' };
  const executions: string[] = [];
  const world = memoryWorld({
    clock: virtualClock(),
    secrets: { [secret.name]: secret.value },
    onStart: (runId) => void executions.push(runId),
  });
  const events: PublishedEvent[] = [];
  world.bus.subscribe((event) => void events.push(event));
  let queues = 0;
  return {
    ...world,
    secret,
    queues: world.queuePort,
    registryWriter: world.registry,
    freshRegistry: () => world.registry,
    freshHolds: () => world.holds,
    freshTenants: () => world.tenants,
    freshBreakers: () => world.breakers,
    freshRates: () => world.rates,
    freshStops: () => world.stops,
    objects: memoryObjectStore(world.meter),
    memories: memoryMemories(),
    memoryKeys: memoryMemoryKeys(),
    memorySnapshots: memoryMemorySnapshots(),
    freshMemoryPassKey: () => world.memoryPassKey,
    createQueue: async (kind) => {
      const queue = world.queues.create(`memory://queue-${queues++}${kind === 'fifo' ? '.fifo' : ''}`);
      return { url: queue.url, receive: async () => queue.receive() };
    },
    eventsOf: async (source) =>
      events.filter((event) => event.source === source).map(({ detailType, detail }) => ({ detailType, detail })),
    executionsOf: async (runId) => executions.filter((started) => started === runId).length,
  };
}

const world = memoryUnderTest();
allContracts(() => world);
