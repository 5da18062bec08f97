import { describe, expect, test } from '@jest/globals';
import type { TaskDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import type { CoordinatorPorts } from '../../lambdas/platform/coordinator/coordinator-ports.ts';
import { RUN_ID, task, workflow } from '../support/factories.ts';
import { createFleet } from '../support/fleet.ts';
import { workAgent } from '../support/no-op-agent.ts';

/** A generator of numbers in [0, 1) that a seed determines (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A graph of up to 15 tasks, each depending on some of those before it. */
function randomGraph(random: () => number): TaskDefinition[] {
  const size = 1 + Math.floor(random() * 15);
  return Array.from({ length: size }, (_, index) => {
    const dependsOn = Array.from({ length: index }, (_, earlier) => `t${earlier}`).filter(
      () => random() < 2 / (index + 1),
    );
    return task(`t${index}`, {
      ...(dependsOn.length > 0 && { dependsOn }),
      retry: { maxAttempts: 20, intervalSeconds: 1 },
    });
  });
}

/** What each task must answer: 1 and the sum of what it depends on. */
function expected(tasks: readonly TaskDefinition[]): Map<string, number> {
  const answers = new Map<string, number>();
  for (const { id, dependsOn = [] } of tasks) {
    answers.set(
      id,
      dependsOn.reduce((sum, dependency) => sum + (answers.get(dependency) ?? Number.NaN), 1),
    );
  }
  return answers;
}

/** Ports that fail now and then, before they have done what was asked, or after. */
function failing(ports: CoordinatorPorts, fails: () => boolean): CoordinatorPorts {
  const breakable = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          if (fails()) throw new Error(`${String(name)} failed before it did anything`);
          const answer: unknown = await member.apply(target, args);
          if (fails()) throw new Error(`${String(name)} did its work, but its answer was lost`);
          return answer;
        };
      },
    });
  const { journal, runs, queues, bus, lifecycle, blobs } = ports;
  return {
    ...ports,
    ...{ journal: breakable(journal), runs: breakable(runs), queues: breakable(queues) },
    ...{ bus: breakable(bus), lifecycle: breakable(lifecycle), blobs: breakable(blobs) },
  };
}

async function history(seed: number) {
  const random = randomFrom(seed);
  const tasks = randomGraph(random);
  let faults = 0;
  let calm = false;
  const strikes = (chance: number): boolean => {
    const struck = !calm && random() < chance;
    if (struck) faults += 1;
    return struck;
  };
  const fleet = createFleet({
    agents: [
      workAgent(
        async (_, ctx) => {
          if (strikes(0.1)) throw new Error('the agent failed');
          return 1 + Object.values(await ctx.upstream()).reduce<number>((sum, value) => sum + Number(value), 0);
        },
        // So little at once that wide graphs make tasks share messages.
        { concurrency: 2, batchSize: 2 },
      ),
    ],
    disturb: (ports) => failing(ports, () => strikes(0.04)),
    losesAcknowledgement: () => strikes(0.05),
  });
  await fleet.start(workflow(tasks), { token: 'token' });
  for (let minute = 1; minute <= 30; minute += 1) {
    if (random() < 0.3) fleet.restartCoordinator();
    await fleet.settle(minute * 60_000);
  }
  calm = true;
  // The sweeper's part: somebody always wakes a run.
  for (let minute = 31; minute <= 50; minute += 1) {
    fleet.clock.moveTo(Date.UTC(2026, 0, 1) + minute * 60_000);
    await fleet.tell('wake_run', 'sweeper', { run_id: RUN_ID });
    await fleet.settle(minute * 60_000);
  }
  return { fleet, tasks, faults, state: await fleet.state() };
}

describe('whatever fails, and whenever', () => {
  const SEEDS = Array.from({ length: 500 }, (_, index) => index + 1);

  test('every run ends once, with the right answers, and the world is told', async () => {
    let faults = 0;
    for (const seed of SEEDS) {
      const { fleet, tasks, state, faults: struck } = await history(seed);
      faults += struck;
      const answers = new Map(
        state.tasks.map(({ definition, result }) => [
          definition.id,
          result && 'value' in result ? result.value : undefined,
        ]),
      );
      expect({ seed, phase: state.phase, error: state.error }).toEqual({ seed, phase: 'completed', error: undefined });
      expect({ seed, answers }).toEqual({ seed, answers: expected(tasks) });
      const entries = await fleet.journal.read(RUN_ID, 0);
      expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index + 1));
      const completions = entries
        .flatMap((entry) => entry.events)
        .flatMap((event) => (event.type === 'tasks_completed' ? event.done.map(([index]) => index) : []));
      expect({ seed, completions: completions.toSorted((a, b) => a - b) }).toEqual({
        seed,
        completions: tasks.map((_, index) => index),
      });
      const names = new Set(fleet.published.map(({ name }) => name));
      expect({ seed, told: names.has('workflow_completed') }).toEqual({ seed, told: true });
      expect({ seed, status: (await fleet.runs.get(RUN_ID))?.status }).toEqual({ seed, status: 'completed' });
      expect({ seed, answer: fleet.lifecycle.answers.get('token') }).toEqual({
        seed,
        answer: { output: { run_id: RUN_ID, status: 'completed' } },
      });
    }
    // A simulation in which nothing fails proves nothing.
    expect(faults).toBeGreaterThan(SEEDS.length * 3);
  }, 240_000);
});
