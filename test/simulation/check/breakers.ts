import type { PlayedHistory, PlayedRun } from '../played.ts';

/** A coordinator may know of a breaker a second late, and what it has decided by then takes a moment. */
const NOTICED_AFTER_MS = 5_000;

/** Nothing but a probe goes to an agent whose breaker is open. Only where clocks and processes are sound. */
export function checkBreakers({ published, plan }: PlayedHistory, runs: readonly PlayedRun[]): string[] {
  if (!plan.faults.every((name) => name === 'breaker-race' || name === 'retry-storm')) return [];
  const changes = published.filter(({ name }) => name === 'breaker_changed');
  const open: Array<{ agent: string; from: number; until: number }> = [];
  for (const [index, { detail, at }] of changes.entries()) {
    if (detail.state !== 'open') continue;
    const closed = changes
      .slice(index + 1)
      .find((later) => later.detail.agent === detail.agent && later.detail.state === 'closed');
    const until = Math.min(Date.parse(String(detail.open_until)), closed?.at ?? Number.POSITIVE_INFINITY);
    open.push({ agent: String(detail.agent), from: at + NOTICED_AFTER_MS, until });
  }
  if (open.length === 0) return [];
  return runs.flatMap(({ entries, program }) =>
    entries.flatMap(({ at, events }) =>
      events.flatMap((event) => {
        if (event.type !== 'tasks_dispatched' || event.probe) return [];
        const breaker = open.find(({ agent, from, until }) => agent === event.agent && at > from && at < until);
        return breaker ? [`B: ${program.name}: work went to ${event.agent}, whose breaker was open`] : [];
      }),
    ),
  );
}
