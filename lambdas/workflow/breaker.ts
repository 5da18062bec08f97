import type { BreakerPolicy, BreakerState } from '../contracts/breaker.ts';

/**
 * `closed`: work flows. `open`: none is sent. `half_open`: its time is over and nobody tries yet.
 * `probing`: somebody holds the one probe, and until it reports or its lease ends nothing else is sent.
 */
export type BreakerPhase = 'closed' | 'open' | 'half_open' | 'probing';

/** What an agent without a breaker has. */
export const CLOSED: BreakerState = { failures: [] };

export function phaseOf(state: BreakerState | undefined, now: number): BreakerPhase {
  if (state?.open_until === undefined) return 'closed';
  if (now < state.open_until) return 'open';
  return state.probe && now < state.probe.until ? 'probing' : 'half_open';
}

export interface BreakerFailure {
  /** The same failure counts once, however often it is reported. */
  readonly id: string;
  readonly at: number;
  /** It was the breaker's probe that failed. */
  readonly probe: boolean;
}

/**
 * Counts a failure of class `system`. Failures from before `open_until` are of work that was under way when the breaker
 * opened: they neither count nor keep it open longer. A failed probe opens it again at once, unless it is closed by now.
 * Answers the same state object when nothing changes.
 */
export function recordFailure(
  state: BreakerState,
  { id, at, probe }: BreakerFailure,
  policy: BreakerPolicy,
): { readonly state: BreakerState; readonly opened: boolean } {
  const unchanged = { state, opened: false };
  if (state.failures.some((failure) => failure.id === id)) return unchanged;
  const probeFailed = probe && state.open_until !== undefined;
  if (!probeFailed && state.open_until !== undefined && at < state.open_until) return unchanged;
  const windowMs = policy.seconds * 1_000;
  const failures = withinWindow([...state.failures, { id, at }], windowMs).slice(-policy.failures);
  if (!probeFailed && failures.length < policy.failures) return { state: { ...state, failures }, opened: false };
  const open_until = Math.max(state.open_until ?? 0, Math.ceil(at + windowMs));
  return { state: { failures, open_until }, opened: true };
}

/** Those at most one window older than the newest, oldest first: reports may come in any order. */
function withinWindow(failures: BreakerState['failures'], windowMs: number): BreakerState['failures'] {
  const newest = Math.max(...failures.map(({ at }) => at));
  return failures.filter(({ at }) => at > newest - windowMs).sort((a, b) => a.at - b.at);
}

/**
 * The state in which `holder` has the one probe until `until`; undefined when it can't: the breaker is closed or still
 * open, or another's lease runs.
 */
export function takeProbe(state: BreakerState, holder: string, now: number, until: number): BreakerState | undefined {
  const phase = phaseOf(state, now);
  if (phase === 'half_open') return { ...state, probe: { holder, until } };
  return phase === 'probing' && state.probe?.holder === holder ? state : undefined;
}
