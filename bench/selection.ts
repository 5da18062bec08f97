import type { RegisteredAgent } from '../lambdas/contracts/registry.ts';
import { SelectionStrategy } from '../lambdas/contracts/task-kinds.ts';
import { createSelector } from '../lambdas/workflow/select.ts';
import { NOW, registeredAgent } from '../test/support/factories.ts';
import type { Bench } from './bench.ts';
import { median } from './median.ts';

/** What one turn dispatches at most. */
const CHOICES = 500;
const ROUNDS = 31;

/** Agents that all can do the same, each with figures of its own: a hundredth unhealthy, and a few out of the pool. */
function fleet(size: number): RegisteredAgent[] {
  return Array.from({ length: size }, (_, i) => {
    const name = `agent-${i}`;
    const ill = i % 100 === 99;
    return registeredAgent({
      name,
      selection: { weight: 1 + (i % 5), cost: 1 + (i % 3), near: [i % 2 === 0 ? 'eu-west-1' : 'us-east-1'] },
      load: {
        queue_depth: i % 13,
        measured_at: NOW,
        stats: {
          ...{
            messages_processed: 100,
            errors_count: 1,
            avg_processing_time: 0.2,
            last_activity: '2026-01-01T00:00:00Z',
          },
          ...{ ewma_success: 0.9 + (i % 10) / 100, ewma_latency_ms: 50 + i },
        },
        health: {
          ...{ agent_id: name, state: i % 250 === 249 ? 'maintenance' : 'ready', since: NOW },
          ...{ is_healthy: !ill, issues: ill ? ['High error rate'] : [] },
        },
      },
    });
  });
}

/** Milliseconds of making a turn's selector and choosing with it so often. */
function turn(agents: readonly RegisteredAgent[], strategy: SelectionStrategy, choices: number): number {
  const breakers = new Map([['agent-0', { failures: [], ...(agents.length > 1 && { open_until: NOW + 1_000 }) }]]);
  const before = performance.now();
  const facts = { agents, breakers, probes: new Map(), now: NOW, random: Math.random, contracts: { work: 1 } };
  const selector = createSelector(facts);
  const inFlight = new Map<string, number>();
  for (let round = 0; round < choices; round += 1) {
    const choice = selector.choose({ type: 'work', strategy, near: 'eu-west-1', round }, inFlight);
    if (!('why' in choice)) throw new Error(`nobody was chosen: ${JSON.stringify(choice)}`);
    inFlight.set(choice.agent.name, (inFlight.get(choice.agent.name) ?? 0) + 1);
  }
  return performance.now() - before;
}

const medianTurn = (...args: Parameters<typeof turn>): number => {
  const measured = median(Array.from({ length: ROUNDS }, () => turn(...args)));
  return Math.round(measured * 1_000) / 1_000;
};

/** How long a turn takes to choose agents: one task, and as many as a turn dispatches. */
export const bench: Bench = {
  run: async ({ progress }) => {
    progress('warming up');
    for (const strategy of SelectionStrategy.options)
      for (let i = 0; i < 5; i += 1) turn(fleet(1_000), strategy, CHOICES);
    const cases: Array<Record<string, unknown>> = [];
    for (const size of [1, 100, 1_000]) {
      progress(`${size} agents`);
      const agents = fleet(size);
      for (const strategy of SelectionStrategy.options) {
        const one_ms = medianTurn(agents, strategy, 1);
        cases.push({
          agents: size,
          strategy,
          one_ms,
          choices: CHOICES,
          turn_ms: medianTurn(agents, strategy, CHOICES),
        });
      }
    }
    return { cases };
  },
  table: ({ cases }) =>
    (cases as Array<{ agents: number; strategy: string; one_ms: number; choices: number; turn_ms: number }>)
      .map(
        ({ agents, strategy, one_ms, choices, turn_ms }) =>
          `${String(agents).padStart(5)} agents  ${strategy.padEnd(13)}  one task ${one_ms} ms  ${choices} tasks ${turn_ms} ms`,
      )
      .join('\n'),
};
