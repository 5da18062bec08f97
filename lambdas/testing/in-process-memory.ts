import { memoryMemories, memoryMemoryKeys, memoryMemorySnapshots } from '../adapters/memory/memory-memories.ts';
import { MemoryReply } from '../contracts/memory.ts';
import { createMemory, type MemoryCaller } from '../platform/memory/memory.ts';
import type { MemoryPorts } from '../platform/memory/memory-ports.ts';
import type { MemoryDoor } from '../runtime/memory/ability.ts';
import type { Embedder } from '../runtime/memory/embedder.ts';

/** The memory Lambda in this process. */
export interface InProcessMemory {
  /** Invokes it by the door of whoever calls. */
  call(caller: MemoryCaller, request: unknown): Promise<MemoryReply>;
  /** What it keeps, to look at or to break. */
  readonly ports: MemoryPorts;
  /** The next call meets a new container, which knows nothing but what is stored. */
  restart(): void;
  readonly door: MemoryDoor;
}

/** @param around what it shares with the other Lambdas */
export function inProcessMemory(
  around: Pick<MemoryPorts, 'clock' | 'logger' | 'registry' | 'memoryPassKey'>,
  embedder: Embedder | undefined,
): InProcessMemory {
  const { clock, logger, registry, memoryPassKey } = around;
  const ports: MemoryPorts = {
    ...{ clock, logger, registry, memoryPassKey, embedder },
    memories: memoryMemories(),
    memoryKeys: memoryMemoryKeys(),
    memorySnapshots: memoryMemorySnapshots(),
  };
  let container = createMemory(ports);
  /** Nothing goes in or out but what JSON carries. */
  const call = async (caller: MemoryCaller, request: unknown): Promise<MemoryReply> =>
    MemoryReply.parse(JSON.parse(JSON.stringify(await container(caller, JSON.parse(JSON.stringify(request ?? null))))));
  return {
    ...{ call, ports },
    restart: () => {
      container = createMemory(ports);
    },
    door: (agent, request) => call({ agent }, request),
  };
}
