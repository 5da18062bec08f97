import type { RegisteredAgent } from '../contracts/registry.ts';

/** Port: whether an agent gets what lies in its inbox. */
export interface Inboxes {
  /** It gets nothing more; what lies there stays, and what comes is added. Saying it again is harmless. */
  pause(agent: RegisteredAgent): Promise<void>;
  resume(agent: RegisteredAgent): Promise<void>;
}
