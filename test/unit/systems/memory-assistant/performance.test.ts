import { describe, expect, test } from '@jest/globals';
import {
  type Attempt,
  gradeAgents,
  gradeOf,
  healthOf,
} from '../../../../lambdas/systems/memory-assistant/performance/grade-agents.ts';
import { systemStatus } from '../../../../lambdas/systems/memory-assistant/performance/system-status.ts';

const HOUR = 3_600_000;
const NOW = 10 * HOUR;
const attempt = (over: Partial<Attempt> = {}): Attempt => ({
  ...{ agent: 'mapper', from: NOW - 500, to: NOW, ok: true },
  ...over,
});

describe('grades', () => {
  test.each([
    ['A', 0.009, 0.99],
    ['B', 0.01, 0.5],
    ['B', 0.049, 1.99],
    ['C', 0.05, 1],
    ['C', 0, 2],
    ['D', 0.1, 0.1],
    ['D', 0, 5],
  ])('is %s at %d of errors and %d s', (grade, errors, seconds) => {
    expect(gradeOf(errors, seconds)).toBe(grade);
  });

  test('count the last hour, and nothing before it', () => {
    const old = attempt({ from: NOW - HOUR - 9_000, to: NOW - HOUR, ok: false });
    expect(gradeAgents([old, attempt()], NOW)).toEqual([
      {
        ...{ agent_id: 'mapper', time_range_hours: 1, total_messages_processed: 1, error_rate: 0 },
        ...{ avg_response_time: 0.5, performance_grade: 'A' },
      },
    ]);
  });

  test('are none for who did nothing', () => {
    expect(gradeAgents([], NOW)).toEqual([]);
  });

  test('tell agents apart', () => {
    const failed = Array.from({ length: 10 }, (_, n) => attempt({ agent: 'trainer', ok: n > 0 }));
    const reports = gradeAgents([...failed, attempt()], NOW);
    expect(reports.map(({ agent_id, performance_grade }) => [agent_id, performance_grade])).toEqual([
      ['mapper', 'A'],
      ['trainer', 'D'],
    ]);
  });
});

describe('health', () => {
  test('names each threshold that is crossed, and none that is met', () => {
    expect(healthOf({ error_rate: 0.05, avg_response_time: 5 }, 100)).toEqual({ is_healthy: true, issues: [] });
    expect(healthOf({ error_rate: 0.06, avg_response_time: 6 }, 101)).toEqual({
      is_healthy: false,
      issues: ['High response time', 'High error rate', 'Message queue overload'],
    });
  });
});

describe('the status of the system', () => {
  const agent = (name: string, state: 'ready' | 'failed', queueSize = 0) => ({
    ...{ name, state, queueSize, version: '1.0.0', capabilities: ['x'] },
  });

  test('is healthy while every agent is', () => {
    const status = systemStatus([agent('mapper', 'ready')], gradeAgents([attempt()], NOW));
    expect(status).toMatchObject({ total_agents: 1, active_agents: 1, system_health: 'healthy' });
    expect(status.agent_statuses.mapper).toMatchObject({
      state: 'active',
      grade: 'A',
      messages_processed: 1,
      error_rate: 0,
      avg_response_time: 0.5,
    });
  });

  test('is degraded when one agent failed or has too much to do', () => {
    expect(systemStatus([agent('a', 'ready'), agent('b', 'failed')], []).system_health).toBe('degraded');
    expect(systemStatus([agent('a', 'ready', 101)], []).system_health).toBe('degraded');
  });

  test('is down when nobody is left', () => {
    expect(systemStatus([agent('a', 'failed')], []).system_health).toBe('down');
  });
});
