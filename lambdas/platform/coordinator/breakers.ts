import { type BusEvent, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import type { Effect } from '../../workflow/effects.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';

/** Counts failures of outside services against their agents' breakers, closes those whose probe went well, and says so. */
export async function tripBreakers(effects: readonly Effect[], ports: CoordinatorPorts): Promise<void> {
  const { breakers, bus, clock, logger } = ports;
  const changes: BusEvent[] = [];
  const at = new Date(clock.now()).toISOString();
  for (const effect of effects) {
    if (effect.type === 'count_failure') {
      const { agent, id, at: when, policy, probe } = effect;
      const { state, opened } = await breakers.recordFailure(agent, id, when, policy, probe);
      if (!opened) continue;
      const until = state.open_until === undefined ? {} : { open_until: new Date(state.open_until).toISOString() };
      changes.push({
        name: 'breaker_changed',
        detail: { agent, at, state: 'open', failures: state.failures.length, ...until },
      });
    } else if (effect.type === 'close_breaker' && (await breakers.close(effect.agent))) {
      changes.push({ name: 'breaker_changed', detail: { agent: effect.agent, at, state: 'closed', failures: 0 } });
    }
  }
  if (changes.length === 0) return;
  for (const { detail } of changes) logger.warn('circuit breaker changed', detail);
  await bus.publish(PLATFORM_SOURCE, changes);
}
