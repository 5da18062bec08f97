import type { createMeter } from '../lambdas/adapters/memory/meter.ts';
import { WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';
import type { Agent } from '../lambdas/runtime/agent.ts';
import { fakeAgent } from '../lambdas/testing/fake-agent.ts';
import { inProcessPlatform } from '../lambdas/testing/in-process-platform.ts';
import type { Bench } from './bench.ts';
import { median } from './median.ts';

const TASKS = 200;
const STEPS = 20;
const ROUNDS = 5;

type Billed = ReturnType<ReturnType<typeof createMeter>['read']>;

interface Cost {
  readonly billed: Billed;
  readonly cpuMicros: number;
}

/** What steps, and what waiting cost: the same work with them and without, by all of the platform together. */
export const bench: Bench = {
  async run({ progress }) {
    const plain = await costOf(progress, 'without steps', fakeAgent('worker', { work: () => 1 }));
    const stepping = await costOf(
      progress,
      `${STEPS} steps a task`,
      fakeAgent(
        'worker',
        {
          work: async (_, ctx) => {
            for (let step = 1; step <= STEPS; step += 1) await ctx.step(`step ${step}`, () => step);
            return 1;
          },
        },
        { uses: { steps: true } },
      ),
    );
    const waiting = await costOf(
      progress,
      'one wait a task',
      fakeAgent('worker', { work: (_, ctx) => ctx.wait({ seconds: 60 }) }, { uses: { steps: true } }),
    );
    return {
      ...{ tasks: TASKS, steps_each: STEPS, rounds: ROUNDS },
      per_step: per(TASKS * STEPS, plain, stepping),
      per_wait: per(TASKS, plain, waiting),
      plain_task: per(TASKS, undefined, plain),
    };
  },
  table: (figures) => JSON.stringify(figures, null, 2),
};

async function costOf(progress: (line: string) => void, what: string, agent: Agent): Promise<Cost> {
  progress(what);
  const rounds: Cost[] = [];
  // The first round is for the compiler.
  for (let round = 0; round <= ROUNDS; round += 1) rounds.push(await oneRound(agent));
  const [first] = rounds.slice(1);
  if (!first) throw new Error('a bench needs at least one round');
  return { billed: first.billed, cpuMicros: median(rounds.slice(1).map(({ cpuMicros }) => cpuMicros)) };
}

async function oneRound(agent: Agent): Promise<Cost> {
  const platform = inProcessPlatform();
  await platform.deploy(agent);
  const items = Array.from({ length: TASKS }, (_, index) => index);
  const definition = WorkflowDefinition.parse({
    ...{ name: 'bench.steps', events: 'workflow', lifecycle: 'queue', timeoutSeconds: 86_400 },
    tasks: [{ id: 't', type: 'work', forEach: { items } }],
  });
  await platform.registerWorkflow(definition);
  let ended = false;
  platform.world.bus.subscribe(({ detailType }) => {
    if (detailType === 'workflow_completed') ended = true;
  });
  await platform.publish({
    name: 'workflow_requested',
    detail: { workflow: definition.name, input: {}, request_id: 'bench' },
  });
  platform.world.meter.reset();
  const before = process.cpuUsage();
  if (!(await platform.time.runWhile(() => !ended))) throw new Error('the run has not ended');
  const { user, system } = process.cpuUsage(before);
  const billed = platform.world.meter.read();
  platform.stop();
  return { billed, cpuMicros: user + system };
}

/** What one of so many things costs more than without. */
function per(count: number, without: Cost | undefined, cost: Cost) {
  const more = Object.entries(cost.billed).map(
    ([what, units]) => [what, round((units - (without?.billed[what as keyof Billed] ?? 0)) / count)] as const,
  );
  return {
    requests: Object.fromEntries(more.filter(([, units]) => units !== 0)),
    cpu_us: Math.round((cost.cpuMicros - (without?.cpuMicros ?? 0)) / count),
  };
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
