import type { Embedder } from '../../runtime/memory/embedder.ts';
import type { MemoryPassKey } from '../../runtime/memory/memory-pass.ts';
import type { MemoryKeys, MemorySnapshots, MemoryStore } from '../../runtime/memory/memory-stores.ts';
import type { Clock, Logger, Registry } from '../../runtime/ports.ts';

/** What the memory Lambda touches. */
export interface MemoryPorts {
  readonly memories: MemoryStore;
  readonly memoryKeys: MemoryKeys;
  readonly memorySnapshots: MemorySnapshots;
  /** undefined: this deployment searches by words alone. */
  readonly embedder: Embedder | undefined;
  /** Who may use which pool. */
  readonly registry: Pick<Registry, 'agents'>;
  /** What the coordinator signs passes with. */
  readonly memoryPassKey: Pick<MemoryPassKey, 'find'>;
  readonly clock: Clock;
  readonly logger: Logger;
}
