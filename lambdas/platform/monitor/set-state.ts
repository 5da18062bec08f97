import { type BusEventDetail, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import type { AgentHealth } from '../../contracts/health.ts';
import type { Inboxes } from '../../runtime/inboxes.ts';
import type { Bus, Clock, Logger, Registry, RegistryWriter } from '../../runtime/ports.ts';
import { healthEvent } from './health-event.ts';

export interface SetStatePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Pick<Registry, 'agents'> & Pick<RegistryWriter, 'recordHealth'>;
  readonly bus: Pick<Bus, 'publish'>;
  /** Default: inboxes stay as they are. */
  readonly inboxes?: Inboxes;
}

/**
 * Puts an agent into the state that a person asked for; "ready" gives it back to the monitor's judgement. Repeating it is
 * harmless; one that was overtaken by a later request does nothing, nor does one for an agent that nobody knows.
 * @param askedAt ms; undefined when the event does not say
 */
export async function setState(
  request: BusEventDetail<'agent_state_requested'>,
  askedAt: number | undefined,
  { registry, bus, clock, logger, inboxes }: SetStatePorts,
): Promise<void> {
  const { agent: name, state, reason, requested_by } = request;
  const since = askedAt ?? clock.now();
  const agent = (await registry.agents()).find((known) => known.name === name);
  if (!agent) {
    logger.warn('a state was asked for of an agent that nobody knows', { agent: name, state, requested_by });
    return;
  }
  const before = agent.load?.health;
  if (before?.set_by !== undefined && before.since > since) {
    logger.warn('a later request has set the state of this agent', { agent: name, state, requested_by });
    return;
  }
  const issues = before?.issues ?? [];
  const byPerson = state !== 'ready' && { set_by: requested_by, ...(reason && { reason }) };
  const health: AgentHealth = {
    agent_id: name,
    state,
    is_healthy: issues.length === 0,
    issues,
    since,
    ...byPerson,
  };
  await registry.recordHealth(name, health);
  // An agent in quarantine gets nothing of what lies in its inbox, whoever has put it there.
  await (state === 'quarantined' ? inboxes?.pause(agent) : inboxes?.resume(agent));
  logger.info('state of an agent set by a person', { agent: name, state, requested_by, reason });
  await bus.publish(PLATFORM_SOURCE, [healthEvent(health, before?.state, clock.now())]);
}
