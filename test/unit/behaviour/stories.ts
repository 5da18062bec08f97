import { HOUR_MS } from '../../../lambdas/behaviour/calendar.ts';
import { observe, passTo } from '../../../lambdas/behaviour/observe.ts';
import { noBehaviour, type TenantBehaviour } from '../../../lambdas/behaviour/state.ts';
import type { BehaviourAlert, Observation } from '../../../lambdas/contracts/behaviour.ts';

/** A Monday at midnight. */
export const MONDAY = Date.UTC(2026, 4, 4) / HOUR_MS;
const DAY = 24;

/** One message in the middle of an hour. */
export function message(hour: number, more: Partial<Observation> = {}): Observation {
  return {
    ...{ at: (hour + 0.5) * HOUR_MS, tenant: 'acme', action: 'published', sender: 'clerk', receiver: 'coordinator' },
    ...{ type: 'report', outcome: 'ok', message_id: `m${Math.random()}`, correlation_id: `c${Math.random()}` },
    ...more,
  };
}

/** So many of them. */
export const several = (count: number, hour: number, more: Partial<Observation> = {}): Observation[] =>
  Array.from({ length: count }, () => message(hour, more));

/** Twelve messages in each working hour, with the odd thirteenth: a clerk as clerks are. */
export function ordinaryHour(hour: number): Observation[] {
  const weekday = Math.floor((hour - MONDAY) / DAY) % 7;
  const time = hour % DAY;
  const isAtWork = weekday < 5 && time >= 8 && time < 18;
  const others = several(20, hour, { sender: 'other' });
  return isAtWork ? [...several(12 + ((hour * 7) % 3), hour), ...others] : others;
}

/** Four weeks of it. */
export function fourWeeks(): { behaviour: TenantBehaviour; now: number; alerts: BehaviourAlert[] } {
  const behaviour = noBehaviour('acme');
  const now = MONDAY + 28 * DAY;
  const alerts: BehaviourAlert[] = [];
  for (let hour = MONDAY; hour < now; hour++) alerts.push(...observe(behaviour, ordinaryHour(hour)));
  alerts.push(...passTo(behaviour, now));
  return { behaviour, now, alerts };
}

/** An hour of theirs, to its end. */
export function live(behaviour: TenantBehaviour, hour: number, messages: readonly Observation[]): BehaviourAlert[] {
  return [...observe(behaviour, messages), ...passTo(behaviour, hour + 1)];
}
