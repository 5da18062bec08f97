import type { createHeartbeat } from './heartbeat.ts';
import type { createStats } from './stats.ts';

/** What the tasks of one batch share. */
export interface WorkState {
  readonly stats: ReturnType<typeof createStats>;
  readonly heartbeat: ReturnType<typeof createHeartbeat>;
  remainingMs(): number;
}
