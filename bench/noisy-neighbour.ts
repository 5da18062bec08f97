import { HOP_MS } from './makespan.ts';
import { type Begin, begins, hoppingPlatform, limited, request, SERVICE_MS } from './shared-limit.ts';

export interface Waits {
  readonly mean_ms: number;
  readonly max_ms: number;
}

export interface NeighbourFigures {
  readonly limit: number;
  readonly alone: Waits;
  readonly beside: Waits;
  /** First come, first served, computed: what the quiet one would wait behind all that the noisy one asked for. */
  readonly fifo: Waits;
  readonly mean_ratio: number;
  readonly max_ratio: number;
}

export interface NeighbourSizes {
  /** Tasks of the noisy tenant, asked for at once. */
  readonly noisy: number;
  readonly quiet: number;
  /** The quiet one comes so often, at different moments of the noisy one's rounds. */
  readonly visits: number;
}

/** How long a permit is in use: the work, the way there, the report, and the permit's way back and to the next. */
const ROUND_MS = SERVICE_MS + 4 * HOP_MS;
/** Rounds between visits, so many that nothing of the last one is left. */
const ROUNDS_BETWEEN = 50;

/** How long a quiet tenant's tasks wait beside a noisy one's, on a limit that both share, and alone on the same limit. */
export async function noisyNeighbour(limit: number, sizes: NeighbourSizes): Promise<NeighbourFigures> {
  const alone = waitsOf(await visit(limit, { ...sizes, noisy: 0, visits: 1 }));
  const beside = waitsOf(await visit(limit, sizes));
  const fifo = firstComeFirstServed(limit, sizes);
  const of = (which: keyof Waits): number => beside[which] / alone[which];
  return { limit, alone, beside, fifo, mean_ratio: of('mean_ms'), max_ratio: of('max_ms') };
}

async function visit(limit: number, { noisy, quiet, visits }: NeighbourSizes): Promise<Begin[][]> {
  const platform = await hoppingPlatform();
  const shared = [{ name: 'api', scope: 'platform' as const, concurrency: limit }];
  await platform.registerWorkflow(limited('bench.quiet', quiet, shared));
  let noisyRun = '';
  if (noisy > 0) {
    await platform.registerWorkflow(limited('bench.noisy', noisy, shared));
    noisyRun = await request(platform, 'bench.noisy', 'noisy', 'noisy');
  }
  const found: Begin[][] = [];
  const start = platform.clock.now();
  for (let turn = 0; turn < visits; turn += 1) {
    // Spread evenly over a round of the noisy one.
    await platform.time.runUntil(start + ROUND_MS * ((turn + 1) * ROUNDS_BETWEEN + (turn + 0.5) / visits));
    const run = await request(platform, 'bench.quiet', 'quiet', `quiet-${turn}`);
    await platform.time.advance((ROUNDS_BETWEEN - 1) * ROUND_MS);
    const own = await begins(platform, run);
    if (own.length !== quiet) throw new Error(`${own.length} of the quiet tenant's ${quiet} tasks have begun`);
    found.push(own);
  }
  if (noisy > 0) {
    const { length } = await begins(platform, noisyRun);
    if (length === noisy) throw new Error('the noisy tenant had too little to do to be noisy all the time');
  }
  platform.stop();
  return found;
}

function waitsOf(visits: readonly (readonly Begin[])[]): Waits {
  const waits = visits.map((tasks) => tasks.map(({ asked, dispatched }) => dispatched - asked));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    mean_ms: Math.round(mean(waits.flat())),
    max_ms: Math.round(mean(waits.map((tasks) => Math.max(...tasks)))),
  };
}

function firstComeFirstServed(limit: number, { noisy, quiet }: NeighbourSizes): Waits {
  const waits = Array.from({ length: quiet }, (_, place) => Math.floor((noisy + place) / limit) * SERVICE_MS);
  return { mean_ms: Math.round(waits.reduce((sum, wait) => sum + wait, 0) / quiet), max_ms: Math.max(...waits) };
}
