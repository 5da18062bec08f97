import type { BreakerState } from '../../lambdas/contracts/breaker.ts';
import { type AgentState, isInPool } from '../../lambdas/contracts/health.ts';
import type { RegisteredAgent } from '../../lambdas/contracts/registry.ts';
import { clockTime, paint, table } from './text.ts';

/** Messages in an agent's inbox now. */
export interface InboxDepth {
  readonly express: number;
  readonly standard: number;
  /** Somebody works on these. */
  readonly inFlight: number;
}

/** An agent as `muster agents` shows it. */
export interface AgentLine {
  readonly agent: RegisteredAgent;
  readonly depth: InboxDepth;
  /** None: plainly closed. */
  readonly breaker?: BreakerState;
}

export function stateOf({ load }: RegisteredAgent): AgentState {
  return load?.health?.state ?? 'initializing';
}

/** Whether work is sent to the agent, in words. */
export function breakerText(breaker: BreakerState | undefined, now: number): string {
  if (!breaker) return 'closed';
  if (breaker.open_until === undefined) return `closed, failures lately: ${breaker.failures.length}`;
  if (breaker.open_until > now) return paint.red(`open until ${clockTime(breaker.open_until, now)}`);
  const probing = breaker.probe && breaker.probe.until > now;
  return paint.yellow(probing ? 'half-open, being probed' : 'half-open, next task probes');
}

function stateText(agent: RegisteredAgent): string {
  const state = stateOf(agent);
  if (!isInPool(state)) return paint.red(state);
  return agent.load?.health?.is_healthy === false ? paint.yellow(state) : paint.green(state);
}

function issuesText({ load }: RegisteredAgent): string {
  const { issues = [], set_by: by, reason } = load?.health ?? {};
  const person = by === undefined ? [] : [`set by ${by}${reason ? `: ${reason}` : ''}`];
  return paint.yellow([...issues, ...person].join('; '));
}

/** Who is registered, whether work is sent to them, how well they do and how much waits for them. */
export function agentsTable(lines: readonly AgentLine[], now: number): string {
  const rows = lines.map(({ agent, depth, breaker }) => {
    const { ewma_success: success, ewma_latency_ms: latency } = agent.load?.stats ?? {};
    return [
      agent.name,
      agent.version,
      stateText(agent),
      breakerText(breaker, now),
      success === undefined ? '' : `${(success * 100).toFixed(1)} %`,
      latency === undefined ? '' : `${Math.round(latency)} ms`,
      String(depth.express),
      String(depth.standard),
      String(depth.inFlight),
      Object.keys(agent.capabilities).join(', '),
      issuesText(agent),
    ];
  });
  const head = ['agent', 'version', 'state', 'breaker', 'success', 'latency', 'express', 'standard', 'in hand'];
  return table([...head, 'task types', 'issues'], rows);
}
