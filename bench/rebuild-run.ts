import { createRunStore } from '../lambdas/platform/coordinator/run-store.ts';
import { fakeAgent } from '../lambdas/testing/fake-agent.ts';
import { inProcessPlatform } from '../lambdas/testing/in-process-platform.ts';
import { runIdOf } from '../lambdas/workflow/run-identity.ts';
import { best, cpuMicros } from './best.ts';
import { fanOut } from './shapes.ts';
import { limited } from './shared-limit.ts';

export interface RebuildFigures {
  readonly tasks: number;
  /** At once; undefined: all of them, and reports come in large batches. */
  readonly limit?: number;
  readonly entries: number;
  /** CPU from reading the encoded entries to the state, the run's definition included; the least of several. */
  readonly rebuild_ms: number;
  /** The same from the snapshot, where there is one, and the entries after it. */
  readonly from_snapshot_ms: number;
}

const TENANT = 'acme';

export interface RebuildSizes {
  readonly tasks: number;
  readonly limit?: number;
  readonly times: number;
}

/** So many tasks side by side are run, and the state of their run made of its journal by the coordinator's own store. */
export async function rebuildRun({ tasks, limit, times }: RebuildSizes): Promise<RebuildFigures> {
  const platform = inProcessPlatform({ measureEveryMs: 0 });
  await platform.deploy(fakeAgent('worker', { work: () => null }));
  const definition = await platform.registerWorkflow(
    limit === undefined ? fanOut(tasks - 2) : limited('bench.behind-limit', tasks - 1, [{ concurrency: limit }]),
  );
  let isOver = false;
  platform.world.bus.subscribe(({ detailType }) => {
    isOver ||= detailType === 'workflow_completed';
  });
  const detail = { workflow: definition.name, input: {}, tenant: TENANT, request_id: 'rebuilt' };
  await platform.publish({ name: 'workflow_requested', detail });
  if (!(await platform.time.runWhile(() => !isOver, 3_600_000))) throw new Error('the run did not complete');
  platform.stop();
  const { journal, blobs } = platform.world;
  const runId = runIdOf(TENANT, 'rebuilt');
  const bare = { ...journal, readSnapshot: async () => undefined };
  const milliseconds = async (from: typeof journal | typeof bare): Promise<number> => {
    const before = cpuMicros();
    // A store of its own each time: it remembers.
    const { state } = await createRunStore(from, blobs).load(runId);
    if (state.completed !== tasks) throw new Error(`only ${state.completed} tasks are completed in what was rebuilt`);
    return (cpuMicros() - before) / 1_000;
  };
  const least = async (from: typeof journal | typeof bare): Promise<number> =>
    Math.round(
      await best(
        times,
        () => milliseconds(from),
        (ms) => ms,
      ),
    );
  const entries = (await journal.read(runId, 0)).length;
  return {
    tasks,
    ...(limit !== undefined && { limit }),
    entries,
    rebuild_ms: await least(bare),
    from_snapshot_ms: await least(journal),
  };
}
