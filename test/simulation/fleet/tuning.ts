import type { BusEventDetail } from '../../../lambdas/contracts/bus-events.ts';
import type { AgentParameters } from '../../../lambdas/contracts/control.ts';
import type { JsonObject } from '../../../lambdas/contracts/json.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import type { Command } from '../plan-history.ts';
import { AGENTS } from '../programs/plan.ts';
import type { Random } from '../random.ts';

type Request = BusEventDetail<'agent_parameters_requested'>;

/** What somebody asks for, each with a reason of its own. The last two can't be. */
export const REQUESTS: ReadonlyArray<Omit<Request, 'agent' | 'requested_by'> & { readonly isBad?: true }> = [
  { reason: 'once', values: { level: 3 } },
  { reason: 'more', values: { level: 5, tone: 'warm' } },
  { reason: 'back', version: 1 },
  { reason: 'again', values: { tone: 'cold' } },
  { reason: 'less', values: { tone: null } },
  { reason: 'defaults', version: 0 },
  { reason: 'no number', values: { level: 'high' }, isBad: true },
  { reason: 'no such', values: { loudness: 1 }, isBad: true },
];

/** Sets an agent's parameters while runs are under way, goes back to what they were, and asks for what can't be. */
export function tune({ clock, publish }: InProcessPlatform, { atMs, forMs }: Command, random: Random): void {
  const agents = random.chance(0.5) ? AGENTS.none : [random.pick(AGENTS.none), random.pick(AGENTS.idempotent)];
  for (const agent of agents) {
    let at = atMs;
    for (const { isBad: _, ...request } of REQUESTS) {
      const detail = { agent, requested_by: 'operator', ...request };
      clock.after(at, () => void publish({ name: 'agent_parameters_requested', detail }, 'person'));
      at += random.int(forMs / 2);
    }
  }
}

/** What a request makes of what was set before; undefined when it names a version that is not there. */
export function asked(reason: string, before: readonly AgentParameters[]): JsonObject | undefined {
  const request = REQUESTS.find((known) => known.reason === reason);
  if (!request || request.isBad) return undefined;
  const { values = {}, version } = request;
  const base =
    version === undefined ? before.at(-1)?.values : before.find((known) => known.version === version)?.values;
  if (version !== undefined && version > 0 && base === undefined) return undefined;
  const next = Object.entries({ ...base, ...values }).filter(([, value]) => value !== null);
  return Object.fromEntries(next);
}
