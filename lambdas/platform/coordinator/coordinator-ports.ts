import type { ExpressionEvaluator } from '../../runtime/expressions-port.ts';
import type { Blobs, Bus, Clock, Ids, Lifecycle, Logger, Queues, Registry, Runs } from '../../runtime/ports.ts';
import type { Journal } from '../../workflow/journal.ts';

/** Everything the coordinator touches. */
export interface CoordinatorPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** In [0, 1): for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly journal: Journal;
  readonly runs: Runs;
  readonly registry: Registry;
  readonly blobs: Blobs;
  readonly queues: Queues;
  readonly bus: Bus;
  readonly lifecycle: Lifecycle;
  readonly evaluator: ExpressionEvaluator;
  /** Role ids of the platform's own senders. */
  readonly platformRoles: Readonly<Record<string, string>>;
  readonly coordinatorQueue: string;
  readonly timersQueue: string;
}
