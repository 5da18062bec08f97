import type { WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';
import type { BatchWork } from '../lambdas/runtime/queue-handler.ts';
import { fakeAgent } from '../lambdas/testing/fake-agent.ts';
import type { Hooks } from '../lambdas/testing/hooks.ts';
import { inProcessPlatform } from '../lambdas/testing/in-process-platform.ts';
import { cpuMicros } from './best.ts';

export interface CoordinatorFigures {
  /** CPU per task. */
  readonly micros: number;
  /** What AWS would bill per task, by service; the same for intake, agents and bus. */
  readonly requests: Readonly<Record<string, number>>;
}

/** Coordinator and agents work at different moments, so that what one uses is not counted as the other's. */
const HOPS = { coordinator: 3, inbox: 2 };

/** The production coordinator over memory ports, with the production agent runtime around a no-op. */
export async function coordinatorFigures(
  definition: WorkflowDefinition,
  runs: number,
  repeats = 1,
): Promise<CoordinatorFigures> {
  const stopwatch = createStopwatch();
  let requests: CoordinatorFigures['requests'] = {};
  for (let turn = 0; turn < repeats; turn += 1) requests = await runAll(definition, runs, stopwatch.around);
  return { micros: stopwatch.micros() / (repeats * runs * definition.tasks.length), requests };
}

async function runAll(definition: WorkflowDefinition, runs: number, around: NonNullable<Hooks['work']>) {
  const platform = inProcessPlatform({
    measureEveryMs: 0,
    hooks: {
      work: around,
      hopMs: (queue) => (queue.includes('coordinator') ? HOPS.coordinator : queue.includes('worker') ? HOPS.inbox : 0),
    },
  });
  await platform.deploy(fakeAgent('worker', { work: () => null }));
  await platform.registerWorkflow(definition);
  let ended = 0;
  platform.world.bus.subscribe(({ detailType, detail }) => {
    if (detailType === 'workflow_completed') ended += 1;
    else if (detailType === 'workflow_failed' || detailType === 'workflow_rejected')
      throw new Error(`${detailType}: ${JSON.stringify(detail)}`);
  });
  for (let run = 0; run < runs; run += 1) {
    const detail = { workflow: definition.name, input: {}, request_id: `run-${run}` };
    await platform.publish({ name: 'workflow_requested', detail });
  }
  platform.world.meter.reset();
  if (!(await platform.time.runWhile(() => ended < runs, 3_600_000))) throw new Error(`${ended} of ${runs} runs ended`);
  const { sqs, dynamodb_write_units, lambda, events } = platform.world.meter.read();
  const perTask = (units: number): number => Math.round((1_000 * units) / (runs * definition.tasks.length)) / 1_000;
  platform.stop();
  return {
    sqs: perTask(sqs),
    dynamodb_write_units: perTask(dynamodb_write_units),
    lambda: perTask(lambda),
    events: perTask(events),
  };
}

/** Counts CPU while at least one coordinator is at work; several may be at once, for different runs. */
function createStopwatch() {
  let atWork = 0;
  let since = 0;
  let total = 0;
  const around = (work: BatchWork, { process }: { readonly process: string }): BatchWork => {
    if (process !== 'coordinator') return work;
    return async (records, invocation) => {
      if (atWork === 0) since = cpuMicros();
      atWork += 1;
      try {
        return await work(records, invocation);
      } finally {
        atWork -= 1;
        if (atWork === 0) total += cpuMicros() - since;
      }
    };
  };
  return { around, micros: (): number => total };
}
