import type { WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';
import type { BatchWork } from '../lambdas/runtime/queue-handler.ts';
import { decide } from '../lambdas/workflow/decide.ts';
import type { RunEvent } from '../lambdas/workflow/events.ts';
import { newRun } from '../lambdas/workflow/state.ts';
import type { TurnInput } from '../lambdas/workflow/turn.ts';
import { completed, RUN_ID, report, startRun, turnContext } from '../test/support/factories.ts';
import { createFleet } from '../test/support/fleet.ts';
import { workAgent } from '../test/support/no-op-agent.ts';
import type { Bench } from './bench.ts';
import { chain, fanOut } from './shapes.ts';

/** CPU microseconds of this process. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** decide + evolve alone: reports of ten tasks, ten reports a turn, as a saturated coordinator sees them. */
function decideOnly(definition: WorkflowDefinition): number {
  const before = cpuMicros();
  let decision = decide(newRun(RUN_ID), [startRun(definition)], turnContext());
  let waiting = dispatched(decision.events);
  while (decision.state.phase === 'running') {
    const batch = waiting.splice(0, 100);
    const inputs: TurnInput[] = [];
    for (let from = 0; from < batch.length; from += 10) {
      inputs.push(
        report(
          batch.slice(from, from + 10).map((index) => completed(decision.state.tasks[index]?.definition.id ?? '')),
        ),
      );
    }
    if (inputs.length === 0) inputs.push({ type: 'wake_run' });
    decision = decide(decision.state, inputs, turnContext());
    waiting = waiting.concat(dispatched(decision.events));
  }
  return (cpuMicros() - before) / definition.tasks.length;
}

function dispatched(events: readonly RunEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'tasks_dispatched' ? event.tasks : []));
}

/** The production coordinator over memory ports, with the production agent runtime around a no-op. */
async function wholeCoordinator(definition: WorkflowDefinition) {
  let cpu = 0;
  const around =
    (work: BatchWork): BatchWork =>
    async (records, invocation) => {
      const before = cpuMicros();
      const failed = await work(records, invocation);
      cpu += cpuMicros() - before;
      return failed;
    };
  const fleet = createFleet({ agents: [workAgent(() => null)], around });
  await fleet.start(definition);
  fleet.meter.reset();
  await fleet.settle();
  const { phase, tasks } = await fleet.state();
  if (phase !== 'completed') throw new Error(`the run of ${definition.name} ended as ${phase}`);
  const { sqs, dynamodb_write_units, lambda, events } = fleet.meter.read();
  const per = (requests: number): number => Math.round((1_000 * requests) / tasks.length) / 1_000;
  return {
    coordinator_us_per_task: cpu / tasks.length,
    requests_per_task: {
      sqs: per(sqs),
      dynamodb_write_units: per(dynamodb_write_units),
      lambda: per(lambda),
      events: per(events),
    },
  };
}

async function best<T>(times: number, measure: () => Promise<T> | T, of: (measured: T) => number): Promise<T> {
  let least = await measure();
  for (let turn = 1; turn < times; turn += 1) {
    const next = await measure();
    if (of(next) < of(least)) least = next;
  }
  return least;
}

export const bench: Bench = {
  async run({ progress }) {
    const shapes = [
      { shape: 'chain', tasks: 100, definition: chain(100) },
      ...[100, 1_000, 10_000].map((tasks) => ({ shape: 'fanout', tasks, definition: fanOut(tasks) })),
    ];
    progress('warming up');
    for (let turn = 0; turn < 3; turn += 1) {
      decideOnly(fanOut(1_000));
      await wholeCoordinator(fanOut(1_000));
      await wholeCoordinator(chain(100));
    }
    const cases: Array<Record<string, unknown>> = [];
    for (const { shape, tasks, definition } of shapes) {
      progress(`${shape} of ${tasks}`);
      const decideMicros = await best(
        5,
        () => decideOnly(definition),
        (micros) => micros,
      );
      const whole = await best(
        3,
        () => wholeCoordinator(definition),
        (measured) => measured.coordinator_us_per_task,
      );
      cases.push({
        shape,
        tasks,
        decide_us_per_task: Math.round(decideMicros * 10) / 10,
        coordinator_us_per_task: Math.round(whole.coordinator_us_per_task * 10) / 10,
        requests_per_task: whole.requests_per_task,
      });
    }
    return { cases };
  },
  table: ({ cases }) =>
    (
      cases as Array<{
        shape: string;
        tasks: number;
        decide_us_per_task: number;
        coordinator_us_per_task: number;
        requests_per_task: unknown;
      }>
    )
      .map(
        (row) =>
          `${row.shape.padEnd(7)} ${String(row.tasks).padStart(6)}  decide ${row.decide_us_per_task} µs  coordinator ${row.coordinator_us_per_task} µs  per task ${JSON.stringify(row.requests_per_task)}`,
      )
      .join('\n'),
};
