import { describe, expect, test } from '@jest/globals';
import { SystemError } from '../../../../lambdas/contracts/errors.ts';
import type { AgentHealth } from '../../../../lambdas/contracts/health.ts';
import type { AgentStats } from '../../../../lambdas/contracts/messages.ts';
import { createMonitor } from '../../../../lambdas/platform/monitor/monitor.ts';
import { agent, busEvent, fakeWorld, invocation, record } from '../intake/fakes.ts';

const runId = `run_${'a'.repeat(40)}`;
const stats: AgentStats = {
  messages_processed: 10,
  errors_count: 1,
  avg_processing_time: 0.5,
  last_activity: '2026-11-21T11:59:00.000Z',
};
const status = (agent: string, at: string, processed = 10) =>
  busEvent(
    'agent_status',
    { agent, version: '1.0.0', at, stats: { ...stats, messages_processed: processed } },
    { source: `muster.agent.${agent}` },
  );
const progress = (taskId: string, at: string, fraction: number, source = 'muster.agent.etl-loader') =>
  busEvent(
    'task_progress',
    {
      workflow_id: runId,
      tenant: 'acme',
      task_id: taskId,
      agent: 'etl-loader',
      attempt: 1,
      at,
      progress: fraction,
      current_step: `at ${fraction}`,
    },
    { source },
  );

function setUp(health?: AgentHealth, known?: AgentStats) {
  const { ports, seen } = fakeWorld();
  const noted: unknown[] = [];
  let down = false;
  const note = (...args: unknown[]) => {
    if (down) throw new SystemError('down', 'the store is down');
    noted.push(args);
  };
  const load = { queue_depth: 0, measured_at: 0, ...(health && { health }), ...(known && { stats: known }) };
  const work = createMonitor({
    ...{ logger: ports.logger, clock: ports.clock, bus: ports.bus },
    ...{ messageSecurity: ports.messageSecurity, securityLog: ports.securityLog },
    registry: {
      agents: async () => [{ ...agent('etl-loader', 'etl.load'), load }],
      recordStats: async (...args) => note('stats', ...args),
      recordHealth: async (...args) => note('health', ...args),
    },
    parameters: { history: async () => [], put: async (...args) => note('parameters', ...args) === undefined },
    heartbeats: { record: async (beats) => note('beats', ...beats) },
    board: {
      put: async (...args) => note('progress', ...args),
      watch: async (...args) => note('watch', ...args),
      list: async () => [],
      watchers: async () => [],
    },
  });
  const deliver = (...bodies: unknown[]) =>
    work(
      bodies.map((body, index) => record(body, { id: `r${index}` })),
      invocation(),
    );
  const breakDown = () => {
    down = true;
  };
  return { noted, deliver, breakDown, events: seen.events };
}

describe('the monitor', () => {
  test('notes what an agent says of itself', async () => {
    const { deliver, noted } = setUp();
    expect(await deliver(status('etl-loader', '2026-11-21T12:00:00Z'))).toEqual([]);
    expect(noted).toEqual([['stats', 'etl-loader', stats]]);
  });

  test('forgets no figures for a container that has finished nothing yet: that is a sign of life, no more', async () => {
    const { deliver, noted } = setUp(undefined, { ...stats, messages_processed: 9, errors_count: 1 });
    const fresh = { ...stats, messages_processed: 0, errors_count: 0, last_activity: '2026-11-21T12:00:09Z' };
    await deliver(
      busEvent(
        'agent_status',
        { agent: 'etl-loader', version: '1.0.0', at: '2026-11-21T12:00:09Z', stats: fresh },
        { source: 'muster.agent.etl-loader' },
      ),
    );
    const kept = { ...stats, messages_processed: 9, errors_count: 1, last_activity: '2026-11-21T12:00:09Z' };
    expect(noted).toEqual([['stats', 'etl-loader', kept]]);
  });

  test('notes how far a task is', async () => {
    const { deliver, noted } = setUp();
    await deliver(progress('load', '2026-11-21T12:00:00Z', 0.5));
    const at = Date.parse('2026-11-21T12:00:00Z');
    expect(noted).toEqual([['progress', runId, 'load', 'etl-loader', 0.5, 'at 0.5', at]]);
  });

  test('writes only the newest word of a batch on the same thing, in whatever order they come', async () => {
    const { deliver, noted } = setUp();
    await deliver(
      progress('load', '2026-11-21T12:00:02Z', 0.9),
      progress('load', '2026-11-21T12:00:01Z', 0.4),
      progress('check', '2026-11-21T12:00:00Z', 0.1),
      status('a', '2026-11-21T12:00:02Z', 20),
      status('a', '2026-11-21T12:00:01Z', 10),
    );
    expect(noted).toEqual([
      ['progress', runId, 'load', 'etl-loader', 0.9, 'at 0.9', Date.parse('2026-11-21T12:00:02Z')],
      ['progress', runId, 'check', 'etl-loader', 0.1, 'at 0.1', Date.parse('2026-11-21T12:00:00Z')],
      ['stats', 'a', { ...stats, messages_processed: 20 }],
    ]);
  });

  test('notes who takes part in a workflow when its watch begins', async () => {
    const { deliver, noted } = setUp();
    const detail = {
      coordination_type: 'workflow_start',
      workflow_id: runId,
      tenant: 'acme',
      participants: ['etl-extractor', 'etl-loader'],
      broadcast: true,
    };
    const meta = { source: 'muster.agent.etl-orchestrator', time: '2026-11-21T12:00:00Z' };
    await deliver(busEvent('coordination', detail, meta));
    await deliver(busEvent('coordination', { ...detail, coordination_type: 'hand_over' }, meta));
    const at = Date.parse('2026-11-21T12:00:00Z');
    expect(noted).toEqual([['watch', runId, ['etl-extractor', 'etl-loader'], at]]);
  });

  test('does not let anybody speak for an agent', async () => {
    const { deliver, noted } = setUp();
    const failed = await deliver(
      progress('load', '2026-11-21T12:00:00Z', 1, 'muster.agent.other'),
      { ...status('a', '2026-11-21T12:00:00Z'), source: 'shop' },
      busEvent('coordination', {
        coordination_type: 'workflow_start',
        workflow_id: runId,
        tenant: 'acme',
        participants: [],
        broadcast: true,
      }),
    );
    expect(failed).toEqual(['r0', 'r1', 'r2']);
    expect(noted).toEqual([]);
  });

  test('sends back what it can not read, so that it is parked, and notes the rest', async () => {
    const { deliver, noted } = setUp();
    const failed = await deliver(
      'nonsense',
      busEvent('workflow_started', {}),
      progress('load', 'yesterday', 2),
      status('a', '2026-11-21T12:00:00Z'),
    );
    expect(failed).toEqual(['r0', 'r1', 'r2']);
    expect(noted).toHaveLength(1);
  });

  test('sends everything back that a failed write stood for', async () => {
    const { deliver, breakDown } = setUp();
    breakDown();
    const failed = await deliver(
      progress('load', '2026-11-21T12:00:01Z', 0.4),
      progress('load', '2026-11-21T12:00:02Z', 0.9),
    );
    expect(failed).toEqual(['r0', 'r1']);
  });
});

describe('signs of life', () => {
  const beat = (overrides: Record<string, unknown> = {}, tasks = ['load', 'check']) =>
    busEvent(
      'task_heartbeat',
      {
        ...{ agent: 'etl-loader', at: '2026-11-21T12:00:00Z' },
        tasks: tasks.map((task_id) => ({ workflow_id: runId, task_id, attempt: 2 })),
      },
      { source: 'muster.agent.etl-loader', ...overrides },
    );

  test('are kept for each task, of every event', async () => {
    const { deliver, noted } = setUp();
    expect(await deliver(beat({ id: 'e1' }), beat({ id: 'e2' }, ['clean']))).toEqual([]);
    const common = { runId, attempt: 2, agent: 'etl-loader', at: Date.parse('2026-11-21T12:00:00Z') };
    expect(noted).toEqual([
      ['beats', { ...common, taskId: 'load' }, { ...common, taskId: 'check' }],
      ['beats', { ...common, taskId: 'clean' }],
    ]);
  });

  test('are an own affair of each agent', async () => {
    const { deliver, noted } = setUp();
    expect(await deliver(beat({ source: 'muster.agent.other' }), beat({ source: 'muster.platform' }))).toEqual([
      'r0',
      'r1',
    ]);
    expect(noted).toEqual([]);
  });
});

describe('a state that a person asks for', () => {
  const ask = (state: string, overrides: Record<string, unknown> = {}, name = 'etl-loader') =>
    busEvent(
      'agent_state_requested',
      { agent: name, state, reason: 'new disks', requested_by: 'ann' },
      { source: 'muster.cli', time: '2026-11-21T11:59:58Z', ...overrides },
    );
  const at = Date.parse('2026-11-21T11:59:58Z');
  const busy: AgentHealth = {
    ...{ agent_id: 'etl-loader', state: 'busy', is_healthy: false, issues: ['High error rate'], since: at - 9_000 },
    waiting_since: at - 5_000,
  };

  test.each(['maintenance', 'quarantined'] as const)(
    '%s is recorded with who wants it and why, and told',
    async (state) => {
      const { deliver, noted, events } = setUp(busy);
      expect(await deliver(ask(state))).toEqual([]);
      const report = {
        ...{ agent_id: 'etl-loader', state, is_healthy: false, issues: ['High error rate'] },
        ...{ set_by: 'ann', reason: 'new disks' },
      };
      expect(noted).toEqual([['health', 'etl-loader', { ...report, since: at }]]);
      expect(events).toEqual([
        {
          ...{ name: 'agent_health', source: 'muster.platform' },
          detail: { ...report, at: '2026-11-21T12:00:00.000Z', previous_state: 'busy' },
        },
      ]);
    },
  );

  test('"ready" hands the agent back to the judgement of the monitor', async () => {
    const { deliver, noted } = setUp({ ...busy, state: 'quarantined', issues: [], set_by: 'bob', reason: 'it lies' });
    await deliver(ask('ready'));
    const free = { agent_id: 'etl-loader', state: 'ready', is_healthy: true, issues: [], since: at };
    expect(noted).toEqual([['health', 'etl-loader', free]]);
  });

  test('is nothing that an agent may ask for, even of itself', async () => {
    const { deliver, noted } = setUp();
    expect(await deliver(ask('ready', { source: 'muster.agent.etl-loader' }))).toEqual(['r0']);
    expect(noted).toEqual([]);
  });

  test('of an agent that nobody knows is logged, and does not come back', async () => {
    const { deliver, noted, events } = setUp();
    expect(await deliver(ask('maintenance', {}, 'nobody'))).toEqual([]);
    expect(noted).toEqual([]);
    expect(events).toEqual([]);
  });

  test('that comes after a later one changes nothing', async () => {
    const { deliver, noted } = setUp({ ...busy, state: 'quarantined', set_by: 'bob', since: at + 1_000 });
    expect(await deliver(ask('maintenance'))).toEqual([]);
    expect(noted).toEqual([]);
  });

  test('counts from now when the event does not say when it was', async () => {
    const { deliver, noted } = setUp({ ...busy, state: 'quarantined', set_by: 'bob' });
    await deliver(ask('maintenance', { time: undefined }));
    expect(noted).toMatchObject([['health', 'etl-loader', { since: Date.parse('2026-11-21T12:00:00Z') }]]);
  });

  test('comes back when it can not be recorded', async () => {
    const { deliver, breakDown, events } = setUp();
    breakDown();
    expect(await deliver(ask('maintenance'))).toEqual(['r0']);
    expect(events).toEqual([]);
  });
});
