import type { BreakerState } from '../../../lambdas/contracts/breaker.ts';
import type { AgentHealth, AgentState } from '../../../lambdas/contracts/health.ts';
import type { AgentLoad, RegisteredAgent } from '../../../lambdas/contracts/registry.ts';
import {
  type Choice,
  createSelector,
  type SelectionFacts,
  type SelectionRequest,
} from '../../../lambdas/workflow/select.ts';
import { NOW, registeredAgent } from '../../support/factories.ts';

export interface AgentFigures {
  readonly version?: string;
  readonly success?: number;
  readonly latencyMs?: number;
  readonly queued?: number;
  /** How long ago it was measured, ms. */
  readonly age?: number;
  readonly cost?: number;
  readonly weight?: number;
  readonly near?: string[];
  readonly strategy?: NonNullable<RegisteredAgent['selection']>['strategy'];
  readonly state?: AgentState;
  readonly issues?: string[];
  readonly reason?: string;
}

/** An agent for `work` with the figures that a test cares about. */
export function agentWith(name: string, figures: AgentFigures = {}): RegisteredAgent {
  const { cost = 1, weight = 1, near = [], strategy, version = '1.0.0' } = figures;
  const load = loadWith(name, figures);
  return registeredAgent({
    name,
    version,
    selection: { cost, weight, near, ...(strategy && { strategy }) },
    ...(load && { load }),
  });
}

function loadWith(name: string, figures: AgentFigures): AgentLoad | undefined {
  const { success, latencyMs, queued, age = 0, state, issues } = figures;
  const stats =
    success === undefined && latencyMs === undefined
      ? undefined
      : {
          ...{ messages_processed: 10, errors_count: 0, avg_processing_time: 1, last_activity: '2026-01-01T00:00:00Z' },
          ...(success !== undefined && { ewma_success: success }),
          ...(latencyMs !== undefined && { ewma_latency_ms: latencyMs }),
        };
  const health = state || issues ? healthOf(name, figures) : undefined;
  if (queued === undefined && !stats && !health) return undefined;
  return { queue_depth: queued ?? 0, measured_at: NOW - age, ...(stats && { stats }), ...(health && { health }) };
}

function healthOf(name: string, { state = 'ready', issues = [], reason }: AgentFigures): AgentHealth {
  const is_healthy = issues.length === 0;
  return { agent_id: name, state, is_healthy, issues, since: NOW - 1_000, ...(reason !== undefined && { reason }) };
}

export const openUntil = (open_until: number, probe?: BreakerState['probe']): BreakerState => ({
  failures: [],
  open_until,
  ...(probe && { probe }),
});

export function facts(agents: readonly RegisteredAgent[], overrides: Partial<SelectionFacts> = {}): SelectionFacts {
  return {
    agents,
    breakers: new Map(),
    probes: new Map(),
    now: NOW,
    random: () => 0,
    contracts: {},
    ...overrides,
  };
}

/** One choice, of a task of type `work`. */
export function chooseOnce(
  given: SelectionFacts,
  request: Partial<SelectionRequest> = {},
  inFlight: ReadonlyMap<string, number> = new Map(),
): Choice {
  return createSelector(given).choose({ type: 'work', round: 0, ...request }, inFlight);
}

/** The name of the chosen agent; anything else as JSON, so that a failed test says what it was. */
export function nameIn(choice: Choice): string {
  return 'why' in choice ? choice.agent.name : JSON.stringify(choice);
}

/** Numbers in [0, 1) that are the same in every run of the tests. */
export function seeded(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
