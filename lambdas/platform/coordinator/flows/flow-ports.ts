import type { CoordinatorPorts } from '../coordinator-ports.ts';

/** What a flow's turn touches. */
export type FlowPorts = Pick<
  CoordinatorPorts,
  | 'clock'
  | 'ids'
  | 'logger'
  | 'flowJournal'
  | 'flowDirectory'
  | 'runs'
  | 'blobs'
  | 'messageSecurity'
  | 'securityLog'
  | 'rogues'
  | 'queues'
  | 'coordinatorQueue'
  | 'timersQueue'
>;
