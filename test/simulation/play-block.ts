import { playHistory } from './history.ts';
import { type PlanChoice, planOfSeed } from './plan-of-seed.ts';
import { digestOf } from './random.ts';

/** Some histories in a row. */
export interface Block {
  readonly from: number;
  readonly count: number;
  readonly choice: PlanChoice;
}

export interface BlockReport {
  readonly from: number;
  readonly count: number;
  readonly violations: ReadonlyArray<{ readonly seed: number; readonly violations: readonly string[] }>;
  readonly fired: Readonly<Record<string, number>>;
  readonly tasks: number;
  readonly entries: number;
  /** Of the histories' own hashes, in order. */
  readonly hash: number;
}

export async function playBlock({ from, count, choice }: Block): Promise<BlockReport> {
  const violations: Array<{ seed: number; violations: readonly string[] }> = [];
  const fired: Record<string, number> = {};
  const hashes: string[] = [];
  let tasks = 0;
  let entries = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    try {
      const report = await playHistory(planOfSeed(seed, choice));
      if (report.violations.length > 0) violations.push({ seed, violations: report.violations });
      for (const [name, times = 0] of Object.entries(report.fired)) fired[name] = (fired[name] ?? 0) + times;
      tasks += report.tasks;
      entries += report.entries;
      hashes.push(report.hash);
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      violations.push({ seed, violations: [`the history could not be played: ${what}`] });
    }
  }
  return { from, count, violations, fired, tasks, entries, hash: digestOf(hashes.join(' ')) };
}
