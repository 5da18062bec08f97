import { Worker } from 'node:worker_threads';
import { FAULT_NAMES } from './faults/catalog.ts';
import type { PlanChoice } from './plan-of-seed.ts';
import { type BlockReport, playBlock } from './play-block.ts';
import { digestOf } from './random.ts';

export interface CampaignOptions {
  readonly histories: number;
  readonly seed: number;
  readonly choice?: PlanChoice;
  /** Threads; 1: in this one. */
  readonly jobs: number;
  /** Called after each block. */
  readonly onProgress?: (done: number, violations: number) => void;
  /** Called as soon as a block has one. */
  readonly onViolation?: (violation: BlockReport['violations'][number]) => void;
  /** Begins no more blocks after so many violating histories. */
  readonly stopAfter?: number;
}

export interface CampaignReport {
  readonly histories: number;
  readonly violations: BlockReport['violations'];
  readonly fired: Readonly<Record<string, number>>;
  readonly tasks: number;
  readonly entries: number;
  readonly seconds: number;
  /** The same for the same seed and number of histories, however many threads play them. */
  readonly traceHash: string;
}

const BLOCK = 50;

/** Plays many histories, on several threads; what comes of it does not depend on how many. */
export async function playCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { histories, seed, choice = {}, jobs, onProgress, onViolation, stopAfter = Number.POSITIVE_INFINITY } = options;
  const started = performance.now();
  const blocks = Array.from({ length: Math.ceil(histories / BLOCK) }, (_, index) => ({
    from: seed + index * BLOCK,
    count: Math.min(BLOCK, histories - index * BLOCK),
    choice,
  }));
  const reports: BlockReport[] = [];
  let next = 0;
  let violating = 0;
  const take = (): (typeof blocks)[number] | undefined => (violating >= stopAfter ? undefined : blocks[next++]);
  const keep = (report: BlockReport): void => {
    reports.push(report);
    violating += report.violations.length;
    for (const violation of report.violations) onViolation?.(violation);
    onProgress?.(
      reports.reduce((sum, { count }) => sum + count, 0),
      violating,
    );
  };
  if (jobs <= 1) for (let block = take(); block; block = take()) keep(await playBlock(block));
  else await Promise.all(Array.from({ length: Math.min(jobs, blocks.length) }, () => work(take, keep)));
  reports.sort((a, b) => a.from - b.from);
  const fired: Record<string, number> = Object.fromEntries((choice.faults ?? FAULT_NAMES).map((name) => [name, 0]));
  for (const report of reports)
    for (const [name, times] of Object.entries(report.fired)) fired[name] = (fired[name] ?? 0) + times;
  const sum = (of: 'count' | 'tasks' | 'entries'): number => reports.reduce((total, report) => total + report[of], 0);
  return {
    ...{ histories: sum('count'), tasks: sum('tasks'), entries: sum('entries'), fired },
    violations: reports.flatMap(({ violations }) => violations),
    seconds: (performance.now() - started) / 1_000,
    traceHash: digestOf(reports.map(({ hash }) => hash).join(' '))
      .toString(16)
      .padStart(8, '0'),
  };
}

/** One thread, until there are no more blocks. */
async function work(take: () => object | undefined, keep: (report: BlockReport) => void): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  try {
    for (let block = take(); block; block = take()) {
      const report = Promise.withResolvers<BlockReport>();
      worker.once('message', report.resolve);
      worker.once('error', report.reject);
      worker.postMessage(block);
      keep(await report.promise);
      worker.removeAllListeners('error');
    }
  } finally {
    await worker.terminate();
  }
}
