import { describe, expect, test } from '@jest/globals';
import { SystemError } from '../../../../lambdas/contracts/errors.ts';
import type { AgentStats } from '../../../../lambdas/contracts/messages.ts';
import { createMonitor } from '../../../../lambdas/platform/monitor/monitor.ts';
import { busEvent, fakeWorld, invocation, record } from '../intake/fakes.ts';

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

function setUp() {
  const noted: unknown[] = [];
  let down = false;
  const note = (...args: unknown[]) => {
    if (down) throw new SystemError('down', 'the store is down');
    noted.push(args);
  };
  const work = createMonitor({
    logger: fakeWorld().ports.logger,
    registry: { recordStats: async (...args) => note('stats', ...args) },
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
  return { noted, deliver, breakDown };
}

describe('the monitor', () => {
  test('notes what an agent says of itself', async () => {
    const { deliver, noted } = setUp();
    expect(await deliver(status('etl-loader', '2026-11-21T12:00:00Z'))).toEqual([]);
    expect(noted).toEqual([['stats', 'etl-loader', stats]]);
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
