import { memoryAuditStore } from '../adapters/memory/memory-audit-store.ts';
import { memoryBehaviourStore } from '../adapters/memory/memory-behaviour-store.ts';
import { memoryJournal } from '../adapters/memory/memory-journal.ts';
import { memoryObjectStore } from '../adapters/memory/memory-object-store.ts';
import { memoryParameters } from '../adapters/memory/memory-parameters.ts';
import { memoryProgressBoard } from '../adapters/memory/memory-progress-board.ts';
import { memoryRegistry } from '../adapters/memory/memory-registry.ts';
import { memoryStops } from '../adapters/memory/memory-stops.ts';
import { memoryTable } from '../adapters/memory/memory-table.ts';
import { memoryWorld } from '../adapters/memory/memory-world.ts';
import type { FlowEvent } from '../flow/events.ts';
import type { Clock, Ids, ObjectStore } from '../runtime/ports.ts';
import { plainBlobs } from './plain-blobs.ts';

export interface InProcessWorldOptions {
  readonly clock: Clock;
  readonly ids?: Ids;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The stores of a deployment in memory, whatever its Lambdas do: what is in here outlives them. */
export function inProcessWorld(options: InProcessWorldOptions) {
  const world = memoryWorld(options);
  const { meter } = world;
  /** The blob bucket. */
  const objects = new Map<string, string>();
  const blobs = plainBlobs(meter, objects);
  const table = memoryTable(meter);
  const registry = memoryRegistry(table, blobs);
  const buckets = new Map<string, ObjectStore>();
  return {
    ...world,
    objects,
    blobs,
    journal: memoryJournal(memoryTable(meter), blobs),
    flowJournal: memoryJournal<FlowEvent>(memoryTable(meter), blobs),
    registry,
    parameters: memoryParameters(table),
    auditStore: memoryAuditStore(memoryTable(meter), meter, options.clock),
    behaviourStore: memoryBehaviourStore(memoryTable(meter), options.clock),
    stops: memoryStops(memoryTable(meter), world.holds, registry),
    board: memoryProgressBoard(memoryTable(meter)),
    /** A bucket of `reaches.buckets`, made when it is first asked for. */
    bucket(name: string): ObjectStore {
      const bucket = buckets.get(name) ?? memoryObjectStore(meter, name);
      buckets.set(name, bucket);
      return bucket;
    },
  };
}
export type InProcessWorld = ReturnType<typeof inProcessWorld>;
