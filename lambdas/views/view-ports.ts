import type { FlowEvent } from '../flow/events.ts';
import type { Blobs, FlowDirectory, Runs } from '../runtime/ports.ts';
import type { Journal } from '../workflow/journal.ts';

/** What views of runs are read from. */
export interface RunReadPorts {
  readonly journal: Pick<Journal, 'read'>;
  readonly blobs: Pick<Blobs, 'get'>;
  readonly runs: Pick<Runs, 'get'>;
}

/** What views of flows are read from. */
export interface FlowReadPorts {
  readonly flowJournal: Pick<Journal<FlowEvent>, 'read' | 'readSnapshot'>;
  readonly flowDirectory: Pick<FlowDirectory, 'list'>;
}
