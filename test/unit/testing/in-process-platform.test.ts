import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';
import type { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { type FakeTask, fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import type { Hooks, Step } from '../../../lambdas/testing/hooks.ts';
import { inProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import { QUEUES } from '../../../lambdas/testing/queue-urls.ts';
import { readTestRun } from '../../../lambdas/testing/test-run.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { task, workflow } from '../../support/factories.ts';

const RUN = runIdOf('default', 'r');
const START = Date.UTC(2026, 0, 1);

interface World {
  readonly definition: WorkflowDefinition;
  readonly work?: FakeTask;
  readonly hooks?: Hooks;
  readonly random?: () => number;
}

/** A platform with one agent, and one run asked for. */
async function begin({ definition, work = () => null, hooks = {}, random = () => 0.5 }: World) {
  const steps: Step[] = [];
  const platform = inProcessPlatform({
    random,
    hooks: {
      ...hooks,
      step(step) {
        steps.push(step);
        hooks.step?.(step);
      },
    },
  });
  await platform.deploy(fakeAgent('worker', { work }));
  const { name } = await platform.registerWorkflow(definition);
  await platform.publish({ name: 'workflow_requested', detail: { workflow: name, input: {}, request_id: 'r' } });
  const look = () => readTestRun(RUN, [], platform.world);
  return { platform, steps, look };
}

const two = workflow([task('a'), task('b', { dependsOn: ['a'] })]);
const of = (steps: readonly Step[], process: string): string[] =>
  steps.filter((step) => step.process === process).map(({ kind, container }) => `${kind} ${container}`);

/** A generator of numbers in [0, 1) that a seed determines (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('time', () => {
  test('does not pass by itself: nothing happens until it may', async () => {
    const { platform, steps } = await begin({ definition: two });
    expect(steps).toEqual([]);
    await platform.time.settle();
    expect(platform.clock.now()).toBe(START);
    expect(of(steps, 'coordinator')).not.toEqual([]);
  });

  test('jumps to what is due, and stops when nothing is left', async () => {
    const { platform, look } = await begin({ definition: two, work: (_, ctx) => sleep(ctx, 20_000) });
    expect(await platform.time.runUntilIdle()).toBe(true);
    expect(await look()).toMatchObject({ status: 'completed' });
    // The timer that watched over the second attempt is the last to go.
    expect(platform.clock.now()).toBeLessThan(START + 10 * 60_000);
  });

  test('brings the scheduled calls each minute', async () => {
    const { platform, steps } = await begin({ definition: two });
    await platform.time.advance(3 * 60_000);
    expect(platform.clock.now()).toBe(START + 3 * 60_000);
    const sweeps = steps.filter(({ process, kind }) => process === 'sweeper' && kind === 'invoked');
    expect(sweeps.map(({ at }) => (at - START) / 60_000)).toEqual([1, 2, 3]);
    expect(of(steps, 'monitor-schedule').filter((step) => step.startsWith('invoked'))).toHaveLength(3);
  });

  test('is the same for the same seed, and another for another', async () => {
    const history = async (seed: number): Promise<string> => {
      const random = dice(seed);
      const { platform, steps } = await begin({
        definition: workflow(Array.from({ length: 12 }, (_, index) => task(`t${index}x`))),
        work: (_, ctx) => sleep(ctx, 1_000 * random()),
        random,
        hooks: {
          hopMs: () => Math.floor(100 * random()),
          call: ({ port }) => (port === 'journal' && random() < 0.1 ? { fail: 'after' } : undefined),
          deliver: () => (random() < 0.1 ? { losesAnswer: true } : undefined),
        },
      });
      await platform.time.runUntilIdle(3_600_000);
      return JSON.stringify(steps);
    };
    expect(await history(7)).toBe(await history(7));
    expect(await history(7)).not.toBe(await history(8));
  });
});

describe('a queue', () => {
  test('delivers again what its Lambda did not acknowledge, and the work counts once', async () => {
    let lost = 0;
    let worked = 0;
    const { platform, look } = await begin({
      definition: two,
      // Long enough for the agent to say that it holds the message, so that it comes back within a minute.
      work: async (_, ctx) => {
        await sleep(ctx, 1_000);
        worked += 1;
        return worked;
      },
      hooks: {
        deliver: ({ process }) => {
          if (process !== 'worker' || lost > 0) return undefined;
          lost += 1;
          return { losesAnswer: true };
        },
      },
    });
    await platform.time.runUntilIdle();
    expect(worked).toBe(3);
    expect(await look()).toMatchObject({ status: 'completed', tasks: { a: { result: 1 } } });
  });

  test('delivers copies to other containers when it is told to', async () => {
    const { platform, steps, look } = await begin({
      definition: workflow([task('a')]),
      hooks: { deliver: ({ process, copy }) => (process === 'worker' && copy === 1 ? { copies: [0, 5] } : undefined) },
    });
    await platform.time.runUntilIdle();
    const invoked = steps.filter(({ process, kind }) => process === 'worker' && kind === 'invoked');
    expect(invoked.map(({ at, messages }) => [at - START, messages])).toEqual([
      [0, invoked[0]?.messages],
      [0, invoked[0]?.messages],
      [5, invoked[0]?.messages],
    ]);
    expect(new Set(invoked.slice(0, 2).map(({ container }) => container)).size).toBe(2);
    expect((await look()).status).toBe('completed');
  });

  test('gives up a message that nobody takes, which is then parked', async () => {
    const { platform } = await begin({
      definition: workflow([task('a')], { escalate: 'fail' }),
      hooks: { deliver: ({ process }) => (process === 'worker' ? { throttled: true } : undefined) },
    });
    await platform.time.runUntilIdle();
    const parked = await platform.world.parkingLot.list(10);
    expect(parked).toContainEqual(
      expect.objectContaining({ queue: 'worker-dead', messageType: 'task_assignment', taskId: 'a' }),
    );
  });

  test('gets its messages later by the time they are under way', async () => {
    const { platform, steps } = await begin({
      definition: workflow([task('a')]),
      hooks: { hopMs: (queue) => (queue.includes('worker') ? 50 : queue === QUEUES.coordinator ? 20 : 0) },
    });
    await platform.time.runUntilIdle();
    expect(steps.find(({ process }) => process === 'worker')?.at).toBe(START + 70);
  });
});

describe('a container', () => {
  test('that is killed never goes on, and its messages come to another', async () => {
    let killed = 0;
    const { platform, steps, look } = await begin({
      definition: two,
      hooks: {
        call: ({ process, port, method }) => {
          if (process !== 'coordinator' || port !== 'journal' || method !== 'append' || killed > 0) return undefined;
          killed += 1;
          return { kill: 'after' };
        },
      },
    });
    await platform.time.runUntilIdle();
    expect(of(steps, 'coordinator').slice(0, 3)).toEqual(['invoked 1', 'killed 1', 'invoked 2']);
    const { status, journal } = await look();
    expect(status).toBe('completed');
    expect(journal.filter(({ events }) => events.some(({ type }) => type === 'run_started'))).toHaveLength(1);
  });

  test('is stopped at the timeout of its Lambda, and a zombie is not', async () => {
    const answers: string[] = [];
    const stuck = async (zombie: boolean): Promise<readonly string[]> => {
      answers.length = 0;
      let first = true;
      const { platform, steps } = await begin({
        definition: workflow([task('a')]),
        hooks: {
          deliver: ({ process }) => (process === 'coordinator' && zombie ? { zombie } : undefined),
          call: ({ process, port, method }) => {
            if (process !== 'coordinator' || port !== 'journal' || method !== 'read' || !first) return undefined;
            first = false;
            return { delayMs: 60_000 };
          },
          work:
            (work, { process }) =>
            async (records, invocation) => {
              const answer = await work(records, invocation);
              if (process === 'coordinator') answers.push('answered');
              return answer;
            },
        },
      });
      await platform.time.advance(80_000);
      return of(steps, 'coordinator');
    };
    expect(await stuck(false)).toEqual(['invoked 1', 'timed_out 1']);
    expect(answers).toHaveLength(0);
    expect(await stuck(true)).toEqual(['invoked 1', 'timed_out 1']);
    expect(answers).toHaveLength(1);
  });

  test('may have a clock of its own', async () => {
    const seen: number[] = [];
    const { platform } = await begin({
      definition: workflow([task('a')]),
      work: (_, ctx) => void seen.push(ctx.clock.now()),
      hooks: { skewMs: ({ process }) => (process === 'worker' ? 5_000 : 0) },
    });
    await platform.time.runUntilIdle();
    expect(seen).toEqual([START + 5_000]);
  });

  test('sees the ports that it is given', async () => {
    const { platform } = await begin({
      definition: two,
      hooks: {
        ports: (ports, { process }) =>
          process === 'coordinator' ? { ...ports, ids: { uuid: () => '11111111-1111-4111-8111-111111111111' } } : ports,
      },
    });
    await platform.time.settle();
    const [entry] = await platform.world.journal.read(RUN, 0);
    expect(entry?.turnId).toBe('11111111-1111-4111-8111-111111111111');
  });
});

describe('the lifecycle', () => {
  test('asks once more after deadline and grace, and then gives the coordinator up', async () => {
    const silent: Hooks = { deliver: ({ process }) => (process === 'coordinator' ? { throttled: true } : undefined) };
    const { platform } = await begin({ definition: { ...two, timeoutSeconds: 60 }, hooks: silent });
    await platform.time.advance((60 + 120) * 1_000 - 1);
    expect(platform.lifecycle.executions.get(RUN)).toEqual({ status: 'running', asked: 1 });
    await platform.time.advance(1);
    expect(platform.lifecycle.executions.get(RUN)).toEqual({ status: 'running', asked: 2 });
    await platform.time.advance(1_020_000);
    expect(platform.lifecycle.executions.get(RUN)).toEqual({
      ...{ status: 'failed', error: { code: 'coordinator_silent' }, asked: 2 },
    });
  });

  test('gets its answer on the second token when the first answer was lost', async () => {
    let answers = 0;
    const { platform } = await begin({
      definition: { ...two, timeoutSeconds: 600 },
      hooks: {
        ports: (ports) => {
          if (!('lifecycle' in ports)) return ports;
          const { lifecycle } = ports;
          const succeed: typeof lifecycle.succeed = async (token, output) => {
            answers += 1;
            if (answers > 1) await lifecycle.succeed(token, output);
          };
          return { ...ports, lifecycle: { ...lifecycle, succeed } };
        },
      },
    });
    await platform.time.runUntilIdle();
    expect(platform.lifecycle.executions.get(RUN)).toMatchObject({ status: 'succeeded', asked: 2 });
  });
});

describe('the bus', () => {
  test('brings channels to the agents that subscribe, and what finds no taker to the dead letters', async () => {
    const platform = inProcessPlatform({
      hooks: { route: (_, queue) => (queue.includes('monitor') ? 'undelivered' : 'deliver') },
    });
    const heard: Json[] = [];
    const channels = { 'channel.news': (detail: JsonObject) => void heard.push(detail) };
    await platform.deploy(fakeAgent('listener', { listen: () => null }, {}, channels));
    await platform.world.bus.publishToChannel('somebody', 'channel.news', { hello: 'world' });
    const detail = { agent: 'ghost', state: 'ready', reason: '', requested_by: 'me' } as const;
    await platform.publish({ name: 'agent_state_requested', detail });
    await platform.time.runUntilIdle();
    expect(heard).toMatchObject([{ hello: 'world' }]);
    const parked = await platform.world.parkingLot.list(10);
    expect(parked.map(({ messageType }) => messageType)).toContain('agent_state_requested');
  });
});

describe('a platform without the option "stream"', () => {
  test('can be handed on in parts, and says what is missing to whoever follows', async () => {
    const { stream } = { ...inProcessPlatform() };
    const ann = { kind: 'person', sub: 'ann', tenant: 'default', roles: [], tokenId: 't' } as const;
    await expect(stream.connect({ ...ann, issuedAt: 0, expiresAt: 1 })).rejects.toThrow('{ stream: true }');
    expect(() => stream.sockets).toThrow('{ stream: true }');
    expect(() => stream.teller).toThrow('{ stream: true }');
  });
});
