import { describe, expect, test } from '@jest/globals';
import type { PublishedEvent } from '../../../lambdas/adapters/memory/memory-bus.ts';
import { virtualWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import { BUS_EVENTS } from '../../../lambdas/contracts/bus-events.ts';
import type { Header } from '../../../lambdas/contracts/envelope.ts';
import { asJson, type Json } from '../../../lambdas/contracts/json.ts';
import type { AgentPorts } from '../../../lambdas/runtime/agent-ports.ts';
import { agentWork } from '../../../lambdas/runtime/agent-work.ts';
import { encodeMessage } from '../../../lambdas/runtime/message-codec.ts';
import type { QueueRecord } from '../../../lambdas/runtime/queue-record.ts';
import { NOW, RUN_ID } from '../../support/factories.ts';
import { workAgent } from '../../support/no-op-agent.ts';

const REPORTS = 'memory://coordinator.fifo';

/** An agent whose tasks take as long as their input says, in virtual time. */
function bench(overrides: Partial<AgentPorts> = {}) {
  const world = virtualWorld();
  const { clock } = world;
  const reports = world.queues.create(REPORTS);
  const said: PublishedEvent[] = [];
  const warnings: string[] = [];
  world.bus.subscribe((event) => void said.push(event));
  const agent = workAgent(
    async (input) => {
      await new Promise<void>((resolve) => void clock.after(Number(input), resolve));
      return null;
    },
    { timeoutSeconds: 300, batchSize: 10 },
  );
  const work = agentWork(agent, {
    ...{ clock, ids: world.ids, blobs: world.blobs, bus: world.bus, secrets: world.secrets, claims: world.claims },
    ...{ queues: world.queuePort, visibility: world.visibility, coordinatorQueue: REPORTS },
    messageSecurity: world.messageSecurity,
    logger: { debug() {}, info() {}, error() {}, warn: (message) => void warnings.push(message) },
    ...{ bucket: () => undefined, secretName: () => undefined, setting: () => undefined, inboxUrl: () => undefined },
    ...overrides,
  });

  async function body(taskId: string, ms: number, padding = ''): Promise<string> {
    const header: Header = {
      ...{ message_id: taskId, correlation_id: 'c', timestamp: new Date(NOW).toISOString(), sender: 'coordinator' },
      ...{ receiver: 'worker', message_type: 'task_assignment', priority: 2, ttl: 300, tenant: 'default' },
      ...{ schema_version: 1, attempt: 3, not_after: NOW + 300_000 },
    };
    const task = {
      ...{ task_id: taskId, task_type: 'work', description: padding, inputs: ms as Json, priority: 2 },
      deadline: NOW / 1_000 + 300,
    };
    return encodeMessage({ header, payload: asJson({ run_id: RUN_ID, task }) }, world);
  }

  /** Runs to the end, from timer to timer. */
  async function run(...records: QueueRecord[]): Promise<void> {
    let over = false;
    const ended = work(records, { remainingMs: () => 400_000, note: () => {} }).finally(() => {
      over = true;
    });
    while (!over) {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      const next = clock.nextTimerAt();
      if (over || next === undefined) continue;
      clock.moveTo(next);
      clock.fireDue();
    }
    await ended;
  }

  const beats = () =>
    said
      .filter(({ detailType }) => detailType === 'task_heartbeat')
      .map(({ source, detail }) => ({ source, ...BUS_EVENTS.task_heartbeat.parse(detail) }));
  const names = () => beats().map(({ at, tasks }) => [Date.parse(at) - NOW, tasks.map(({ task_id }) => task_id)]);
  return { run, body, said, beats, names, warnings, reports, clock };
}

function record(id: string, body: string, receiveCount = 1): QueueRecord {
  return { id, body, receiptHandle: id, receiveCount, sentAt: NOW, senderId: 'x', groupId: 'default' };
}

describe('an agent at work', () => {
  test('says every 10 s which tasks it is still at', async () => {
    const agent = bench();
    await agent.run(record('a', await agent.body('a', 25_000)), record('b', await agent.body('b', 15_000)));
    expect(agent.beats()[0]).toEqual({
      ...{ source: 'muster.agent.worker', agent: 'worker', at: new Date(NOW + 10_000).toISOString() },
      tasks: ['a', 'b'].map((task_id) => ({ workflow_id: RUN_ID, task_id, attempt: 3 })),
    });
    expect(agent.names()).toEqual([
      [10_000, ['a', 'b']],
      [20_000, ['a']],
    ]);
  });

  test('says nothing of quick work', async () => {
    const agent = bench();
    await agent.run(record('a', await agent.body('a', 9_900)));
    expect(agent.beats()).toEqual([]);
    expect(agent.clock.nextTimerAt()).toBeUndefined();
  });

  test('names tasks that wait their turn: packed ones, compressed ones, and those that came before', async () => {
    const agent = bench();
    const packed = await Promise.all(Array.from({ length: 12 }, (_, index) => agent.body(`p${index}`, 12_000)));
    await agent.run(
      record('pack', `{"pack":[${packed.join(',')}]}`),
      record('large', await agent.body('large', 1_000, 'x'.repeat(10_000)), 2),
      record('news', JSON.stringify({ id: 'e', source: 's', 'detail-type': 'channel.news', detail: {} }), 2),
      record('noise', 'nonsense', 2),
    );
    const pack = packed.map((_, index) => `p${index}`);
    expect(agent.names()).toEqual([
      [10_000, [...pack, 'large']],
      [20_000, ['p10', 'p11', 'large']],
    ]);
  });

  test('names at most 100 tasks in an event', async () => {
    const agent = bench();
    const bodies = await Promise.all(Array.from({ length: 130 }, (_, index) => agent.body(`t${index}`, 700)));
    await agent.run(record('pack', `{"pack":[${bodies.join(',')}]}`, 2));
    expect(
      agent
        .beats()
        .slice(0, 2)
        .map(({ tasks }) => tasks.length),
    ).toEqual([100, 16]);
  });

  test('tells how it does in the middle of long work, so that it counts as alive', async () => {
    const agent = bench();
    await agent.run(record('a', await agent.body('a', 45_000)));
    const statuses = agent.said.filter(({ detailType }) => detailType === 'agent_status').map(({ detail }) => detail);
    expect(statuses).toMatchObject([
      { stats: { messages_processed: 0, last_activity: new Date(NOW + 10_000).toISOString() } },
      { stats: { messages_processed: 0, last_activity: new Date(NOW + 40_000).toISOString() } },
    ]);
    expect(statuses[0]).not.toHaveProperty('stats.ewma_success');
  });

  test('works on when nobody hears it', async () => {
    const down = () => Promise.reject(new Error('the bus is down'));
    const agent = bench({ bus: { publish: down, publishToChannel: down } });
    await agent.run(record('a', await agent.body('a', 15_000)));
    expect(agent.warnings).toContain('task_heartbeat could not be published');
    expect(agent.reports.depth()).toBe(1);
  });

  test('reports a task a second after it is done, though another one takes long', async () => {
    const agent = bench();
    const reportedAt: number[] = [];
    const { send } = agent.reports;
    agent.reports.send = (...args: Parameters<typeof send>) => {
      reportedAt.push(agent.clock.now() - NOW);
      return send(...args);
    };
    await agent.run(record('a', await agent.body('a', 300)), record('b', await agent.body('b', 30_000)));
    expect(reportedAt).toEqual([1_000, 30_000]);
  });
});
