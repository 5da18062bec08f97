import { describe, expect, test } from '@jest/globals';
import { isSet } from '../../../bin/commands/set-agent.ts';
import { agentsTable, breakerText, stateOf } from '../../../bin/views/agents-table.ts';
import type { AgentHealth } from '../../../lambdas/contracts/health.ts';
import { registeredAgent } from '../../support/factories.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const health = (overrides: Partial<AgentHealth> = {}): AgentHealth => ({
  agent_id: 'worker',
  state: 'ready',
  is_healthy: true,
  issues: [],
  since: NOW,
  ...overrides,
});
const load = (of: AgentHealth) => ({ queue_depth: 0, measured_at: NOW, health: of });
const depth = { express: 1, standard: 20, inFlight: 3 };

describe('a breaker in words', () => {
  const failures = [{ id: 'a', at: NOW }];
  test.each([
    ['closed', undefined],
    ['closed, failures lately: 1', { failures }],
    ['open until 12:01:00 UTC', { failures, open_until: NOW + 60_000 }],
    ['half-open, next task probes', { failures, open_until: NOW }],
    ['half-open, being probed', { failures, open_until: NOW, probe: { holder: 'x', until: NOW + 1 } }],
    ['half-open, next task probes', { failures, open_until: NOW, probe: { holder: 'x', until: NOW } }],
  ])('is %s', (words, breaker) => {
    expect(breakerText(breaker, NOW)).toBe(words);
  });
});

describe('the table of agents', () => {
  test('shows what selection goes by: state, breaker, success, speed, load', () => {
    const agent = registeredAgent({
      load: {
        ...load(health({ state: 'busy', is_healthy: false, issues: ['High response time'] })),
        stats: {
          messages_processed: 9,
          errors_count: 1,
          avg_processing_time: 0.1,
          last_activity: '2026-01-01T12:00:00Z',
          ewma_success: 0.975,
          ewma_latency_ms: 123.4,
        },
      },
    });
    const breaker = { failures: [], open_until: NOW + 60_000 };
    const [head = '', row = ''] = agentsTable([{ agent, depth, breaker }], NOW).split('\n');
    expect(head.split(/\s{2,}/)).toHaveLength(11);
    expect(row.split(/\s{2,}/)).toEqual([
      'worker',
      '1.0.0',
      'busy',
      'open until 12:01:00 UTC',
      '97.5 %',
      '123 ms',
      ...['1', '20', '3'],
      'work',
      'High response time',
    ]);
  });

  test('says who took an agent out of the pool, and why', () => {
    const agent = registeredAgent({
      load: load(health({ state: 'maintenance', is_healthy: false, set_by: 'ada', reason: 'new disk' })),
    });
    expect(agentsTable([{ agent, depth }], NOW)).toContain('set by ada: new disk');
  });

  test('shows an agent that nobody has heard of as initializing', () => {
    expect(stateOf(registeredAgent())).toBe('initializing');
  });
});

describe('a state that a person asked for', () => {
  const wanted = { state: 'maintenance', requested_by: 'ada' } as const;

  test('is there once the registry says that this person set it', () => {
    expect(isSet(undefined, wanted)).toBe(false);
    expect(isSet(health({ state: 'maintenance' }), wanted)).toBe(false);
    expect(isSet(health({ state: 'quarantined', set_by: 'ada' }), wanted)).toBe(false);
    expect(isSet(health({ state: 'maintenance', set_by: 'ada' }), wanted)).toBe(true);
  });

  test('ready is there as soon as the agent is in the pool, whatever it does by then', () => {
    const back = { state: 'ready', requested_by: 'ada' } as const;
    expect(isSet(health({ state: 'maintenance', set_by: 'ada' }), back)).toBe(false);
    expect(isSet(health({ state: 'busy' }), back)).toBe(true);
  });
});
