import type { BusEventName } from './bus-events.ts';

/** Agents say this so often that it is told as figures only. */
const FIGURES: readonly BusEventName[] = ['agent_status', 'task_heartbeat', 'task_progress'];

/** Events of the bus that the audit hears of: what agents say to each other. The platform's own are in the journals. */
export const AUDITED_EVENTS = { sourcePrefix: 'muster.agent.', except: FIGURES, group: '_bus' } as const;

/** The rule's pattern, as a test of one event. */
export function saidBetweenAgents({ source, detailType }: { source: string; detailType: string }): boolean {
  return source.startsWith(AUDITED_EVENTS.sourcePrefix) && !AUDITED_EVENTS.except.some((name) => name === detailType);
}
