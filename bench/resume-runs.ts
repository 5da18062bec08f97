import type { BusEvent } from '../lambdas/contracts/bus-events.ts';
import { WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';
import type { InProcessPlatform } from '../lambdas/testing/in-process-platform.ts';
import { type Requests, requestsOf } from './requests.ts';
import { hoppingPlatform, request, SERVICE_MS } from './shared-limit.ts';

export interface ResumeFigures {
  readonly runs: number;
  readonly how: ResumeSizes['how'];
  /** On the virtual clock, where only hops take time: from the request until the last run's next task has begun. */
  readonly hops_s: number;
  /** Of all Lambdas together, from the request until the last run's next task has begun. */
  readonly cpu_s: number;
  /** The sum of both: as if one core did everything. */
  readonly resume_s: number;
  /** Billed, per run. */
  readonly requests: Requests;
}

export interface ResumeSizes {
  readonly runs: number;
  /** `hold`: their tenant is let go; `each`: every run is resumed by itself. */
  readonly how: 'hold' | 'each';
}

const TENANT = 'acme';
const BY = { requested_by: 'bench', reason: 'measured' };

/** Runs of two tasks, paused while the first is under way: how long until the second of all of them has begun. */
export async function resumeRuns({ runs, how }: ResumeSizes): Promise<ResumeFigures> {
  let begun = 0;
  const platform = await hoppingPlatform({
    concurrency: 1_000,
    began: () => {
      begun += 1;
    },
  });
  await platform.registerWorkflow(
    WorkflowDefinition.parse({
      ...{ name: 'bench.paused', events: 'workflow', lifecycle: 'queue' },
      tasks: [
        { id: 'first', type: 'work' },
        { id: 'second', type: 'work', dependsOn: ['first'] },
      ],
    }),
  );
  const ids: string[] = [];
  for (let run = 0; run < runs; run += 1) ids.push(await request(platform, 'bench.paused', TENANT, `run-${run}`));
  await until(platform, () => begun === runs, 'the first tasks begin');
  await tell(platform, ids, how, 'pause');
  // Far longer than what is under way takes; nothing else may begin.
  await platform.time.advance(30 * SERVICE_MS);
  if (begun !== runs) throw new Error(`${begun - runs} paused runs went on`);
  platform.world.meter.reset();
  const since = platform.clock.now();
  const cpu = process.cpuUsage();
  await tell(platform, ids, how, 'resume');
  await until(platform, () => begun === 2 * runs, 'all runs go on');
  const { user, system } = process.cpuUsage(cpu);
  const hops_s = (platform.clock.now() - since) / 1_000;
  const cpu_s = Math.round((user + system) / 1_000) / 1_000;
  const requests = requestsOf(platform.world.meter.read(), runs);
  platform.stop();
  return { runs, how, hops_s, cpu_s, resume_s: Math.round(1_000 * (hops_s + cpu_s)) / 1_000, requests };
}

async function until(platform: InProcessPlatform, isDone: () => boolean, what: string): Promise<void> {
  if (!(await platform.time.runWhile(() => !isDone(), 600_000))) throw new Error(`it never happened that ${what}`);
}

async function tell(
  platform: InProcessPlatform,
  ids: readonly string[],
  how: ResumeSizes['how'],
  action: 'pause' | 'resume',
): Promise<void> {
  if (how === 'hold') {
    await platform.publish({ name: 'hold_requested', detail: { scope: TENANT, action, ...BY } });
    return;
  }
  const name = action === 'pause' ? 'workflow_pause_requested' : 'workflow_resume_requested';
  for (const workflow_id of ids) await platform.publish({ name, detail: { workflow_id, ...BY } } satisfies BusEvent);
}
