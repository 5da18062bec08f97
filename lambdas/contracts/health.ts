import * as z from 'zod';
import { AgentName, EpochMs } from './names.ts';

/**
 * Where an agent stands. The two seed documents name these differently; `AGENT_STATES` maps them.
 * `draining`, `maintenance`, `failed` and `quarantined` agents are out of the pool: nothing is sent to them. A draining one
 * finishes what it was sent; work that waits at the others is moved.
 */
export const AgentState = z.enum(['initializing', 'ready', 'busy', 'draining', 'maintenance', 'failed', 'quarantined']);
export type AgentState = z.infer<typeof AgentState>;

/** Muster's states and the names that the seed documents give them. */
export const AGENT_STATES = {
  initializing: {
    patterns: 'Initializing',
    management: 'initializing',
    in_pool: true,
    means: 'registered, not heard of yet',
  },
  ready: { patterns: 'Ready', management: 'active', in_pool: true, means: 'nothing waits for it' },
  busy: { patterns: 'Busy', management: 'busy', in_pool: true, means: 'it works, or work waits for it' },
  draining: {
    patterns: 'Maintenance',
    management: 'busy',
    in_pool: false,
    means: 'taken out by a person; it finishes what it was sent',
  },
  maintenance: {
    patterns: 'Maintenance',
    management: 'error',
    in_pool: false,
    means: 'taken out, by a person or to be probed',
  },
  failed: { patterns: 'Failed', management: 'error', in_pool: false, means: 'work waits and it gives no sign of life' },
  quarantined: {
    patterns: 'Failed',
    management: 'shutdown',
    in_pool: false,
    means: 'taken out for good until a person says otherwise',
  },
} as const satisfies Record<AgentState, object>;

/** The seed documents' health report of an agent, and since when. */
export const AgentHealth = z.object({
  agent_id: AgentName,
  state: AgentState,
  is_healthy: z.boolean(),
  issues: z.array(z.string()).describe('Such as "High response time", "High error rate", "Message queue overload"'),
  since: EpochMs.describe('When it came into this state'),
  set_by: z.string().max(128).optional().describe('The person who put it there: only a person takes it out again'),
  reason: z.string().max(500).optional(),
  waiting_since: EpochMs.optional().describe('Since when work waits in its inbox without any being done'),
  probed_at: EpochMs.optional().describe('maintenance, failed: when it was last tried again'),
});
export type AgentHealth = z.infer<typeof AgentHealth>;

/** True when work may be sent to an agent in this state. */
export const isInPool = (state: AgentState): boolean => AGENT_STATES[state].in_pool;

/** True when an agent in this state goes on with what it was sent: its work stays there. */
export const finishesItsWork = (state: AgentState): boolean => isInPool(state) || state === 'draining';
