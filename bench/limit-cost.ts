import type { Limit } from '../lambdas/contracts/flow-control.ts';
import { WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';
import { moreRequests, type Requests, requestsOf } from './requests.ts';
import { hoppingPlatform, request } from './shared-limit.ts';

export interface CostFigures {
  readonly runs: number;
  readonly tasks_each: number;
  readonly keys: number;
  /** Of each key at once. */
  readonly limit: number;
  /** Per task. */
  readonly without: Requests;
  readonly with: Requests;
  readonly more: Requests;
  /** CPU of everything in this process, per task. */
  readonly cpu_us_without: number;
  readonly cpu_us_with: number;
}

export interface CostSizes {
  readonly runs: number;
  /** Tasks of each run. */
  readonly tasks: number;
  readonly keys: number;
  readonly limit: number;
}

/** What a keyed limit costs per task that it lets in: the same work with it and without. */
export async function limitCost(sizes: CostSizes): Promise<CostFigures> {
  const { runs, tasks, keys, limit } = sizes;
  const without = await costOf(sizes, []);
  const withLimit = await costOf(sizes, [{ key: '{% $string($item) %}', name: 'per-customer', concurrency: limit }]);
  const more = moreRequests(withLimit.requests, without.requests);
  return {
    ...{ runs, tasks_each: tasks, keys, limit, without: without.requests, with: withLimit.requests, more },
    cpu_us_without: without.cpuMicros,
    cpu_us_with: withLimit.cpuMicros,
  };
}

async function costOf({ runs, tasks, keys, limit }: CostSizes, limits: readonly Limit[]) {
  // The agent has as many places as the limits let in, so that it is as busy without them.
  const platform = await hoppingPlatform({ concurrency: Math.min(1_000, keys * limit) });
  const items = Array.from({ length: tasks }, (_, index) => index % keys);
  await platform.registerWorkflow(
    WorkflowDefinition.parse({
      ...{ name: 'bench.cost', events: 'workflow', lifecycle: 'queue', timeoutSeconds: 86_400 },
      tasks: [{ id: 't', type: 'work', forEach: { items }, ...(limits.length > 0 && { limits }) }],
    }),
  );
  let ended = 0;
  platform.world.bus.subscribe(({ detailType }) => {
    if (detailType === 'workflow_completed') ended += 1;
  });
  for (let run = 0; run < runs; run += 1) await request(platform, 'bench.cost', 'acme', `run-${run}`);
  platform.world.meter.reset();
  const cpu = process.cpuUsage();
  if (!(await platform.time.runWhile(() => ended < runs))) throw new Error(`${ended} of ${runs} runs ended`);
  const { user, system } = process.cpuUsage(cpu);
  const metered = platform.world.meter.read();
  platform.stop();
  return {
    requests: requestsOf(metered, runs * tasks),
    cpuMicros: Math.round((user + system) / (runs * tasks)),
  };
}
