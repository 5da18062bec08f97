import { HOP_MS } from './makespan.ts';
import type { TracedTask } from './wf-format.ts';

/** When a task can begin at the earliest, how long it works, and what must follow it until the run can end; ms. */
interface Span {
  readonly head: number;
  readonly work: number;
  readonly tail: number;
}

/** Of the moments at which windows begin and end: leaving some out makes the bound lower, never wrong. */
const MOST_POINTS = 250;

/**
 * What no schedule can beat that works on at most `width` tasks at once and interrupts none, ms. The largest of
 * - the critical path with its hops, and all work divided by the width
 * - for every window of time: the work that must fall into it, divided by the width (Fernández and Bussell, "Bounds on
 *   the number of processors and time for multiprocessor optimal schedules", IEEE Trans. Computers 1973)
 * - for tasks that begin late and have much behind them: of k · width + 1 tasks one has k others before it
 *   (the packing bound of P||Cmax, with heads and tails)
 */
export function widthBoundMs(tasks: readonly TracedTask[], width: number): number {
  const spans = spansOf(tasks);
  const critical = Math.max(...spans.map(({ head, work, tail }) => head + work + tail));
  const total = spans.reduce((sum, { work }) => sum + work, 0);
  return Math.max(total / width, critical + windowExcess(spans, critical, width), packingBound(spans, width));
}

/** Tasks come with parents first. */
function spansOf(tasks: readonly TracedTask[]): Span[] {
  const runtimes = new Map(tasks.map(({ id, runtimeMs }) => [id, runtimeMs]));
  const heads = new Map<string, number>();
  const tails = new Map<string, number>();
  for (const { id, parents } of tasks) {
    const ready = parents.map((parent) => (heads.get(parent) ?? 0) + (runtimes.get(parent) ?? 0) + 2 * HOP_MS);
    heads.set(id, Math.max(HOP_MS, ...ready));
  }
  for (const { id, parents, runtimeMs } of tasks.toReversed()) {
    const behind = 2 * HOP_MS + runtimeMs + (tails.get(id) ?? HOP_MS);
    for (const parent of parents) tails.set(parent, Math.max(tails.get(parent) ?? HOP_MS, behind));
  }
  return tasks.map(({ id, runtimeMs }) => ({
    head: heads.get(id) ?? HOP_MS,
    work: runtimeMs,
    tail: tails.get(id) ?? HOP_MS,
  }));
}

/** By how much the densest window is overfull when the run takes no longer than its critical path. */
function windowExcess(spans: readonly Span[], critical: number, width: number): number {
  const moments = spans.flatMap(({ head, work, tail }) => [head, head + work, critical - tail, critical - tail - work]);
  const points = sampled(moments);
  let most = 0;
  for (const [place, from] of points.entries()) {
    for (const to of points.slice(place + 1)) {
      let inside = 0;
      for (const { head, work, tail } of spans) {
        const latest = critical - tail - work;
        inside += Math.max(0, Math.min(work, to - from, head + work - from, to - latest));
      }
      most = Math.max(most, inside / width - (to - from));
    }
  }
  return most;
}

function packingBound(spans: readonly Span[], width: number): number {
  const byWork = spans.toSorted((a, b) => b.work - a.work);
  let most = 0;
  for (const head of sampled(spans.map((span) => span.head))) {
    const late = byWork.filter((span) => span.head >= head);
    for (const tail of sampled(spans.map((span) => span.tail))) {
      const between = late.filter((span) => span.tail >= tail).map(({ work }) => work);
      for (let rows = 1; rows * width < between.length; rows += 1) {
        const stacked = between.slice(rows * width - rows, rows * width + 1).reduce((sum, work) => sum + work, 0);
        most = Math.max(most, head + stacked + tail);
      }
    }
  }
  return most;
}

function sampled(values: readonly number[]): number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const every = Math.ceil(sorted.length / MOST_POINTS);
  return sorted.filter((_, place) => place % every === 0);
}
