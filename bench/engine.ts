import type { WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';
import type { Bench } from './bench.ts';
import { best } from './best.ts';
import { decideMicros } from './decide-cpu.ts';
import { chain, fanOut, layered } from './shapes.ts';
import { coordinatorFigures } from './whole-coordinator.ts';

/** CPU that a task may cost, in microseconds. */
const LIMITS = { decide_us_per_task: 60, coordinator_us_per_task: 250 };

interface Case {
  readonly shape: string;
  /** Of one run. */
  readonly tasks: number;
  /** At once. */
  readonly runs: number;
  readonly decide_us_per_task: number;
  readonly coordinator_us_per_task: number;
  readonly requests_per_task: Readonly<Record<string, number>>;
}

const SHAPES: ReadonlyArray<{ shape: string; definition: WorkflowDefinition; runs: number }> = [
  { shape: 'chain', definition: chain(100), runs: 1 },
  ...[10, 100, 1_000, 10_000].map((width) => ({ shape: 'fanout', definition: fanOut(width), runs: 1 })),
  { shape: 'workflows', definition: layered(20), runs: 1_000 },
];

export const bench: Bench = {
  async run({ progress }) {
    progress('warming up');
    for (let turn = 0; turn < 3; turn += 1) {
      decideMicros(fanOut(1_000), 1);
      await coordinatorFigures(fanOut(1_000), 1);
      await coordinatorFigures(chain(100), 1);
    }
    const cases: Case[] = [];
    for (const { shape, definition, runs } of SHAPES) {
      progress(`${shape} of ${definition.tasks.length}${runs > 1 ? `, ${runs} at once` : ''}`);
      // Small runs are over before a clock of microseconds has seen them: several of them are measured as one.
      const repeats = Math.max(1, Math.ceil(500 / (definition.tasks.length * runs)));
      const decide = await best(
        5,
        () => decideMicros(definition, runs * repeats),
        (micros) => micros,
      );
      const whole = await best(
        3,
        () => coordinatorFigures(definition, runs, repeats),
        (one) => one.micros,
      );
      cases.push({
        ...{ shape, tasks: shapeSize(shape, definition), runs },
        decide_us_per_task: tenths(decide),
        coordinator_us_per_task: tenths(whole.micros),
        requests_per_task: whole.requests,
      });
    }
    return { limits: LIMITS, cases };
  },
  table: ({ cases }) => (cases as Case[]).map(row).join('\n'),
};

/** As the shape is named: a fan-out of 100 has 102 tasks. */
const shapeSize = (shape: string, { tasks }: WorkflowDefinition): number =>
  shape === 'fanout' ? tasks.length - 2 : tasks.length;

const tenths = (value: number): number => Math.round(value * 10) / 10;

const row = (one: Case): string =>
  [
    `${one.runs > 1 ? `${one.runs} × ` : ''}${one.shape}`.padEnd(17),
    String(one.tasks).padStart(6),
    `  decide ${one.decide_us_per_task} µs  coordinator ${one.coordinator_us_per_task} µs`,
    `  per task ${JSON.stringify(one.requests_per_task)}`,
  ].join('');
