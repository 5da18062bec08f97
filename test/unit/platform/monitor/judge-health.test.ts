import { describe, expect, test } from '@jest/globals';
import type { AgentHealth, AgentState } from '../../../../lambdas/contracts/health.ts';
import { hasChanged, judgeHealth, type Vitals } from '../../../../lambdas/platform/monitor/judge-health.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const known = (state: AgentState, more: Partial<AgentHealth> = {}): AgentHealth => ({
  agent_id: 'loader',
  ...{ state, is_healthy: state !== 'failed', issues: [], since: NOW - 30 * MINUTE },
  ...more,
});
const vitals = (more: Partial<Vitals> = {}): Vitals => ({
  ...{ waiting: 0, inFlight: 0, progressed: false, lastSign: undefined, exceeded: [] },
  ...more,
});
const ago = (minutes: number): number => NOW - minutes * MINUTE;

describe('the state of an agent', () => {
  test.each<[string, AgentHealth | undefined, Partial<Vitals>, AgentState]>([
    ['is initializing when it is new and was not heard of', undefined, {}, 'initializing'],
    ['stays initializing while nothing is heard', known('initializing'), {}, 'initializing'],
    ['is initializing while its first work is in its hands', known('initializing'), { inFlight: 1 }, 'initializing'],
    ['is ready at its first sign of life', known('initializing'), { lastSign: ago(20) }, 'ready'],
    ['is ready once work was done, if it said nothing', known('initializing'), { progressed: true }, 'ready'],
    ['is busy when work waits', known('ready'), { waiting: 1 }, 'busy'],
    ['is busy when it holds work', known('ready'), { inFlight: 1 }, 'busy'],
    ['is ready again when all is done', known('busy'), {}, 'ready'],
    ['is busy while it holds work for long and says nothing', known('busy'), { inFlight: 3, lastSign: ago(9) }, 'busy'],
    ['is busy when work has waited for 2 min', known('busy', { waiting_since: ago(2) }), { waiting: 1 }, 'busy'],
    ['is failed when it has waited longer', known('busy', { waiting_since: ago(2) - 1 }), { waiting: 1 }, 'failed'],
    [
      'is failed when it has not been heard since, though it was new',
      known('initializing', { waiting_since: ago(3) }),
      { waiting: 1 },
      'failed',
    ],
    [
      'is busy however long work waits, when it was heard within 2 min',
      known('busy', { waiting_since: ago(20) }),
      { waiting: 400, lastSign: ago(2) },
      'busy',
    ],
    [
      'is failed when work waits and its last sign is older',
      known('busy', { waiting_since: ago(20) }),
      { waiting: 400, lastSign: ago(2) - 1 },
      'failed',
    ],
    [
      'is busy when its queue moves, though nothing was heard',
      known('busy', { waiting_since: ago(20) }),
      { waiting: 400, progressed: true, lastSign: ago(15) },
      'busy',
    ],
    [
      'stays failed while nothing moves',
      known('failed', { since: ago(4) }),
      { waiting: 1, lastSign: ago(6) },
      'failed',
    ],
    ['is tried again when nothing waits any more', known('failed', { since: ago(1) }), {}, 'ready'],
    [
      'is tried again when its queue has moved',
      known('failed', { since: ago(1) }),
      { waiting: 5, progressed: true },
      'ready',
    ],
    [
      'is tried again when it was heard since it failed',
      known('failed', { since: ago(2) }),
      { waiting: 5, lastSign: ago(1) },
      'ready',
    ],
    ['is tried again after 5 min in any case', known('failed', { since: ago(5) }), { waiting: 5 }, 'ready'],
    [
      'is not tried again before 5 min after the last trial',
      known('failed', { since: ago(8), probed_at: ago(4) }),
      { waiting: 5 },
      'failed',
    ],
    [
      'is failed again when a minute of trial brings no word',
      known('ready', { probed_at: ago(1), waiting_since: ago(9) }),
      { waiting: 5, lastSign: ago(10) },
      'failed',
    ],
    [
      'stays on trial when work has only just come',
      known('ready', { probed_at: ago(30) }),
      { waiting: 5, lastSign: ago(40) },
      'busy',
    ],
    [
      'is busy when it was heard on trial',
      known('ready', { probed_at: ago(1), waiting_since: ago(9) }),
      { waiting: 5, lastSign: ago(0.5) },
      'busy',
    ],
  ])('%s', (_, was, now, expected) => {
    expect(judgeHealth('loader', was, vitals(now), NOW).state).toBe(expected);
  });

  test.each<AgentState>(['maintenance', 'quarantined'])('%s, set by a person, is changed by a person only', (state) => {
    const was = known(state, { set_by: 'ann', reason: 'new disks', waiting_since: ago(50) });
    for (const now of [{}, { lastSign: ago(0) }, { waiting: 5 }, { progressed: true }])
      expect(judgeHealth('loader', was, vitals(now), NOW)).toMatchObject({
        ...{ state, set_by: 'ann', reason: 'new disks', since: was.since },
      });
  });

  test('has a beginning that stays while the state does', () => {
    const was = known('busy', { since: ago(7) });
    expect(judgeHealth('loader', was, vitals({ inFlight: 1 }), NOW).since).toBe(ago(7));
    expect(judgeHealth('loader', was, vitals(), NOW).since).toBe(NOW);
  });

  test('failed says why, and is not healthy', () => {
    const was = known('busy', { waiting_since: ago(3) });
    expect(judgeHealth('loader', was, vitals({ waiting: 1 }), NOW)).toMatchObject({
      ...{ is_healthy: false, issues: [], reason: 'work has waited for 180 s and it gives no sign of life' },
    });
  });
});

test('an agent over its thresholds is unhealthy in the words of the seed documents, and stays in the pool', () => {
  const exceeded = ['queue_depth', 'error_rate', 'avg_processing_time'] as const;
  const health = judgeHealth('loader', known('busy'), vitals({ inFlight: 1, exceeded }), NOW);
  expect(health).toEqual({
    ...{ agent_id: 'loader', state: 'busy', is_healthy: false, since: NOW - 30 * MINUTE },
    issues: ['High response time', 'High error rate', 'Message queue overload'],
  });
});

test('a trial that is passed leaves no trace', () => {
  const tried = judgeHealth(
    'loader',
    known('failed', { since: ago(6), waiting_since: ago(9) }),
    vitals({ waiting: 9 }),
    NOW,
  );
  expect(tried).toMatchObject({ state: 'ready', probed_at: NOW, waiting_since: ago(9) });
  const later = judgeHealth('loader', tried, vitals({ lastSign: NOW + 10 }), NOW + MINUTE);
  expect(later).toEqual({ ...known('ready'), since: NOW });
});

test('an agent that never speaks again has a minute of trial in each six', () => {
  let health: AgentHealth | undefined = known('busy', { since: ago(9), waiting_since: ago(9) });
  const states: AgentState[] = [];
  for (let minute = 0; minute < 13; minute++) {
    health = judgeHealth('loader', health, vitals({ waiting: 4, lastSign: ago(9) }), NOW + minute * MINUTE);
    states.push(health.state);
  }
  const failed = Array.from({ length: 5 }, () => 'failed');
  expect(states).toEqual([...failed, 'ready', ...failed, 'ready', 'failed']);
});

test('a change of state or issues is worth telling, other things are not', () => {
  const was = known('busy');
  expect(hasChanged(undefined, was)).toBe(true);
  expect(hasChanged(was, { ...was, state: 'ready' })).toBe(true);
  expect(hasChanged(was, { ...was, issues: ['High error rate'] })).toBe(true);
  expect(hasChanged(was, { ...was, waiting_since: NOW, probed_at: NOW })).toBe(false);
});
