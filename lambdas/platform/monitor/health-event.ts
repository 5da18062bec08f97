import type { BusEvent } from '../../contracts/bus-events.ts';
import type { AgentHealth, AgentState } from '../../contracts/health.ts';

/** The event that tells of an agent's health. */
export function healthEvent(health: AgentHealth, previous: AgentState | undefined, now: number): BusEvent {
  const { since: _since, waiting_since: _waiting, probed_at: _probed, ...report } = health;
  const at = new Date(now).toISOString();
  return {
    name: 'agent_health',
    detail: { ...report, at, ...(previous !== undefined && { previous_state: previous }) },
  };
}
