import type * as z from 'zod';
import type { Json } from '../contracts/json.ts';
import type { MemoryLink, MemoryOutcomes, NewMemory, RecallQuery, Recollection } from '../contracts/memory.ts';

/** Which pool: `own` (the default), or one that the manifest's `uses.memory` names. */
export interface InPool {
  readonly pool?: string;
}

/**
 * `ctx.memory`. Each call is a durable operation: what a task has remembered is not remembered twice, and what it has
 * recalled is the same entries, however often it runs anew; of an entry that was forgotten since nothing is left there
 * either, since only ids are recorded. Agents of other tenants never meet. What had come from outside when it was
 * remembered or noted counts as come from outside when it is told: a privileged tool asks a person before it takes it.
 *
 * All of them throw NonRecoverableError `memory_not_permitted`, DataError `no_such_memory` and `memory_request_invalid`.
 * Where the memory does not answer, the attempt ends with `memory_unavailable` and is tried again.
 */
export interface Memory {
  /** @returns its id */
  remember(entry: z.input<typeof NewMemory>, options?: InPool): Promise<string>;
  /** Several, in the order in which they happened; at most 100. @returns their ids */
  rememberAll(entries: ReadonlyArray<z.input<typeof NewMemory>>, options?: InPool): Promise<string[]>;
  /** The entries that answer a question best, best first. `degraded`: by words alone, as no embeddings were to be had. */
  recall(query: string | z.input<typeof RecallQuery>): Promise<Recollection>;
  /** The first contradicts, supersedes or supports the second; what is superseded is not recalled any more. */
  link(from: string, kind: MemoryLink['kind'], to: string, options?: InPool): Promise<void>;
  /** Says how it went to do what a procedural entry tells; what goes well is recalled first. */
  outcome(id: string, success: boolean, options?: InPool): Promise<MemoryOutcomes>;
  /** @returns how many of them there were */
  forget(ids: readonly string[], options?: InPool): Promise<number>;
  /** Working memory: a note of this run, for all its tasks. The same name replaces it. */
  note(name: string, value: Json): Promise<void>;
  /** All notes of this run, by name. */
  notes(): Promise<Readonly<Record<string, Json>>>;
}
