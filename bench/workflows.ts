import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Bench } from './bench.ts';
import { lowerBoundMs, makespanMs, workMs } from './makespan.ts';
import { readWfFormat, type TracedTask } from './wf-format.ts';
import { widthBoundMs } from './width-bound.ts';

interface InstanceFigures {
  readonly name: string;
  readonly tasks: number;
  readonly makespan_s: number;
  /** Of the traced runtimes alone. */
  readonly critical_path_s: number;
  /** Of the runtimes and two hops per task. */
  readonly lower_bound_s: number;
  /** Makespan over lower bound, with room for all tasks at once. */
  readonly ratio: number;
  /** The same over the larger of lower bound and work ÷ width. */
  readonly ratio_at_32: number;
  readonly ratio_at_4: number;
  /**
   * Not every trace can come near that at a width: eight equal tasks between two others take two rounds of four. So
   * there is a stricter bound as well, and the makespan over that.
   */
  readonly bound_at_32_s: number;
  readonly bound_at_4_s: number;
  readonly of_bound_at_32: number;
  readonly of_bound_at_4: number;
}

/** A makespan at a limited width, and what there is to hold it against; ms. */
interface Narrow {
  readonly makespan: number;
  readonly simple: number;
  readonly strict: number;
}

/** WfFormat instances through the engine, in virtual time. */
export const bench: Bench = {
  async run({ progress, dir }) {
    if (dir === undefined) throw new Error('name a folder of WfFormat instances: npm run bench -- workflows --dir DIR');
    const files = globSync('**/*.json', { cwd: dir }).sort();
    if (files.length === 0) throw new Error(`${dir} holds no .json files; WfInstances has some to download`);
    const instances: InstanceFigures[] = [];
    for (const file of files) {
      progress(file);
      instances.push(await measure(basename(file, '.json'), join(dir, file)));
    }
    return { instances };
  },
  table: ({ instances }) => [HEAD, ...(instances as InstanceFigures[]).map(row)].join('\n'),
};

async function measure(name: string, file: string): Promise<InstanceFigures> {
  const tasks = readWfFormat(file, readFileSync(file, 'utf8'));
  const bound = lowerBoundMs(tasks);
  const makespan = await makespanMs(name, tasks);
  const at32 = await narrow(name, tasks, bound, 32);
  const at4 = await narrow(name, tasks, bound, 4);
  return {
    name,
    tasks: tasks.length,
    makespan_s: makespan / 1_000,
    critical_path_s: lowerBoundMs(tasks, 0) / 1_000,
    lower_bound_s: bound / 1_000,
    ratio: rounded(makespan / bound),
    ratio_at_32: rounded(at32.makespan / at32.simple),
    ratio_at_4: rounded(at4.makespan / at4.simple),
    bound_at_32_s: rounded(at32.strict / 1_000),
    bound_at_4_s: rounded(at4.strict / 1_000),
    of_bound_at_32: rounded(at32.makespan / at32.strict),
    of_bound_at_4: rounded(at4.makespan / at4.strict),
  };
}

async function narrow(name: string, tasks: readonly TracedTask[], bound: number, width: number): Promise<Narrow> {
  const makespan = await makespanMs(name, tasks, width);
  return { makespan, simple: Math.max(bound, workMs(tasks) / width), strict: widthBoundMs(tasks, width) };
}

const rounded = (ratio: number): number => Math.round(ratio * 10_000) / 10_000;

const COLUMNS = [6, 12, 12, 10, 8, 8, 8, 12, 12];
const cells = (values: ReadonlyArray<string | number>): string =>
  values.map((value, column) => String(value).padStart(COLUMNS[column] ?? 8)).join('');
const HEAD = `${'instance'.padEnd(44)}${cells(['tasks', 'makespan s', 'critical s', 'bound s', 'ratio', 'at 32', 'at 4', 'strict: 32', 'strict: 4'])}`;
const row = (one: InstanceFigures): string =>
  `${one.name.slice(0, 43).padEnd(44)}${cells([
    one.tasks,
    one.makespan_s.toFixed(1),
    one.critical_path_s.toFixed(1),
    one.lower_bound_s.toFixed(1),
    one.ratio.toFixed(3),
    one.ratio_at_32.toFixed(3),
    one.ratio_at_4.toFixed(3),
    one.of_bound_at_32.toFixed(3),
    one.of_bound_at_4.toFixed(3),
  ])}`;
