import { describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { createStats } from '../../../lambdas/runtime/stats.ts';

describe('the figures of an agent', () => {
  test('begin with the first task, and say nothing of averages before', () => {
    const stats = createStats(virtualClock());
    expect(stats.isDue()).toBe(false);
    expect(stats.read()).not.toHaveProperty('ewma_success');
    stats.record(200, false);
    expect(stats.read()).toMatchObject({
      messages_processed: 1,
      errors_count: 1,
      ewma_success: 0,
      ewma_latency_ms: 200,
    });
  });

  test('move a tenth of the way to each new task', () => {
    const stats = createStats(virtualClock());
    stats.record(100, true);
    stats.record(200, false);
    expect(stats.read().ewma_success).toBeCloseTo(0.9);
    expect(stats.read().ewma_latency_ms).toBeCloseTo(110);
    stats.record(10, true);
    expect(stats.read().ewma_success).toBeCloseTo(0.91);
    expect(stats.read().ewma_latency_ms).toBeCloseTo(100);
  });

  test('forget: after 22 good tasks a bad past counts for less than a tenth', () => {
    const stats = createStats(virtualClock());
    for (let task = 0; task < 50; task++) stats.record(1, false);
    for (let task = 0; task < 21; task++) stats.record(1, true);
    expect(stats.read().ewma_success).toBeLessThan(0.9);
    stats.record(1, true);
    expect(stats.read().ewma_success).toBeGreaterThan(0.9);
  });

  test('of a batch hold what was spent, and count no task that only went to wait', () => {
    const stats = createStats(virtualClock());
    stats.record(10, true, { usd: 0.25, waits: true });
    stats.record(10, true, { usd: 0.5 });
    stats.record(10, false);
    expect(stats.note()).toEqual({ tasks_completed: 1, task_errors: 1, spent_usd: 0.75 });
    expect(stats.note()).toEqual({ tasks_completed: 0, task_errors: 0 });
  });

  test('are told every 30 s while there is work', () => {
    const clock = virtualClock();
    const stats = createStats(clock);
    stats.record(1, true);
    expect([stats.isDue(), stats.isDue()]).toEqual([true, false]);
    clock.advance(29_999);
    expect(stats.isDue()).toBe(false);
    clock.advance(1);
    expect(stats.isDue()).toBe(true);
  });
});
