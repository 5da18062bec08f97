import type { AgentHealth } from '../../contracts/health.ts';
import type { Resource } from './thresholds.ts';

/** What there is to judge an agent by, as of now. */
export interface Vitals {
  /** Messages in its inbox that nobody has taken, and those that it holds. */
  readonly waiting: number;
  readonly inFlight: number;
  /** Its inbox is shorter than when it was last measured: work was done. */
  readonly progressed: boolean;
  /** When it last said something of itself, ms. */
  readonly lastSign: number | undefined;
  readonly exceeded: readonly Resource[];
}

/** Work may wait so long without a sign of life until its agent counts as failed. */
const SILENT_MS = 120_000;
/** One that is being probed has until the next measurement, a minute later. */
const PROBE_MS = 45_000;
/** A failed agent is tried again this often. */
const PROBE_EVERY_MS = 300_000;

/** The seed documents' words, in their order. */
const ISSUES: ReadonlyArray<readonly [Resource, string]> = [
  ['avg_processing_time', 'High response time'],
  ['error_rate', 'High error rate'],
  ['queue_depth', 'Message queue overload'],
];

/**
 * What an agent's state is from now on. An agent over a threshold is unhealthy, but stays in the pool; one that is silent
 * while work waits leaves it, and comes back to be probed. What a person has set, only a person changes.
 * @param before what it was judged last; undefined: never
 */
export function judgeHealth(agent: string, before: AgentHealth | undefined, vitals: Vitals, now: number): AgentHealth {
  const issues = ISSUES.flatMap(([resource, words]) => (vitals.exceeded.includes(resource) ? [words] : []));
  const waitingSince = waitsSince(before, vitals, now);
  const { state, ...more } = standing(before, vitals, waitingSince, now);
  return {
    agent_id: agent,
    state,
    is_healthy: issues.length === 0 && state !== 'failed',
    issues,
    since: before?.state === state ? before.since : now,
    ...more,
    ...(waitingSince !== undefined && { waiting_since: waitingSince }),
  };
}

/** True when others should hear of it: the state or the issues are not what they were. */
export function hasChanged(before: AgentHealth | undefined, { state, issues }: AgentHealth): boolean {
  return before?.state !== state || before.issues.join() !== issues.join();
}

type Standing = Pick<AgentHealth, 'state' | 'set_by' | 'reason' | 'probed_at'>;

function standing(
  before: AgentHealth | undefined,
  vitals: Vitals,
  waitingSince: number | undefined,
  now: number,
): Standing {
  if (before?.set_by !== undefined) {
    const { state, set_by, reason } = before;
    return { state, set_by, ...(reason !== undefined && { reason }) };
  }
  if (before?.state === 'failed')
    return isToBeProbed(before, vitals, now) ? { state: 'ready', probed_at: now } : keep(before);
  const { waiting, inFlight, progressed, lastSign = 0 } = vitals;
  const probedAt =
    before?.probed_at !== undefined && before.probed_at >= lastSign && !progressed ? before.probed_at : undefined;
  const probe = probedAt !== undefined && { probed_at: probedAt };
  if (waitingSince !== undefined) {
    const silentFor = now - Math.max(waitingSince, lastSign, probedAt ?? 0);
    if (silentFor > (probedAt === undefined ? SILENT_MS : PROBE_MS)) {
      const seconds = Math.round((now - waitingSince) / 1_000);
      return { state: 'failed', reason: `work has waited for ${seconds} s and it gives no sign of life`, ...probe };
    }
  }
  const isNew = before === undefined || before.state === 'initializing';
  if (isNew && lastSign === 0 && !progressed) return { state: 'initializing' };
  return { state: waiting + inFlight === 0 ? 'ready' : 'busy', ...probe };
}

function keep({ state, reason, probed_at }: AgentHealth): Standing {
  return { state, ...(reason !== undefined && { reason }), ...(probed_at !== undefined && { probed_at }) };
}

/** Its queue moves or it speaks again, or it has had its rest: work may go there once more. */
function isToBeProbed({ since, probed_at = 0 }: AgentHealth, vitals: Vitals, now: number): boolean {
  const { waiting, progressed, lastSign = 0 } = vitals;
  return waiting === 0 || progressed || lastSign > since || now - Math.max(since, probed_at) >= PROBE_EVERY_MS;
}

function waitsSince(before: AgentHealth | undefined, { waiting, progressed }: Vitals, now: number): number | undefined {
  if (waiting === 0) return undefined;
  return progressed ? now : (before?.waiting_since ?? now);
}
