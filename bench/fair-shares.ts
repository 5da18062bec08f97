import { begins, hoppingPlatform, limited, request, SERVICE_MS } from './shared-limit.ts';

export interface FairnessFigures {
  readonly tenants: number;
  readonly tasks_each: number;
  readonly limit: number;
  /** Over the time in which all tenants had work waiting. */
  readonly jain: number;
  /** The least of that over windows in which as many tasks begin as two for each tenant. */
  readonly jain_of_worst_window: number;
  /** Tasks that had begun by the end of that time: of the tenant with the fewest, and with the most. */
  readonly fewest: number;
  readonly most: number;
}

export interface FairnessSizes {
  readonly tenants: number;
  /** Tasks of each. */
  readonly tasks: number;
  readonly limit: number;
}

const PER_WINDOW = 2;

/** Jain's index (Jain, Chiu, Hawe 1984): 1 when all get the same, 1/n when one of n gets everything. */
export function jainOf(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return sum ** 2 / (shares.length * squares);
}

/** What tenants get that want the same of a limit which all of them share. */
export async function fairShares({ tenants, tasks, limit }: FairnessSizes): Promise<FairnessFigures> {
  const platform = await hoppingPlatform();
  await platform.registerWorkflow(
    limited('bench.equal', tasks, [{ name: 'api', scope: 'platform', concurrency: limit }]),
  );
  const runs: string[] = [];
  for (let tenant = 0; tenant < tenants; tenant += 1) {
    runs.push(await request(platform, 'bench.equal', `tenant-${tenant}`, 'equal'));
  }
  let ended = 0;
  platform.world.bus.subscribe(({ detailType }) => {
    if (detailType === 'workflow_completed') ended += 1;
  });
  const longestMs = 10 * tenants * tasks * SERVICE_MS;
  if (!(await platform.time.runWhile(() => ended < tenants, longestMs))) throw new Error(`${ended} runs ended`);
  const found = await Promise.all(runs.map(async (run) => begins(platform, run)));
  platform.stop();
  const begun = found
    .flatMap((own, tenant) => own.map(({ asked, dispatched }) => ({ tenant, asked, dispatched })))
    .sort((a, b) => a.dispatched - b.dispatched);
  const from = Math.max(...found.map((own) => Math.min(...own.map(({ asked }) => asked))));
  const until = Math.min(...found.map((own) => Math.max(...own.map(({ dispatched }) => dispatched))));
  const backlogged = begun.filter(({ dispatched }) => dispatched >= from && dispatched <= until);
  const sharesIn = (some: ReadonlyArray<{ readonly tenant: number }>): number[] =>
    runs.map((_, tenant) => some.filter((one) => one.tenant === tenant).length);
  const shares = sharesIn(backlogged);
  const windows: number[] = [];
  const size = PER_WINDOW * tenants;
  for (let at = 0; at + size <= backlogged.length; at += size) {
    windows.push(jainOf(sharesIn(backlogged.slice(at, at + size))));
  }
  return {
    ...{ tenants, tasks_each: tasks, limit },
    jain: jainOf(shares),
    jain_of_worst_window: Math.min(...windows),
    fewest: Math.min(...shares),
    most: Math.max(...shares),
  };
}
