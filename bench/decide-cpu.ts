import type { WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';
import { decide } from '../lambdas/workflow/decide.ts';
import type { RunEvent } from '../lambdas/workflow/events.ts';
import { newRun } from '../lambdas/workflow/state.ts';
import type { TurnInput } from '../lambdas/workflow/turn.ts';
import { completed, RUN_ID, report, startRun, turnContext } from '../test/support/factories.ts';
import { cpuMicros } from './best.ts';

const TASKS_PER_REPORT = 10;
const REPORTS_PER_TURN = 10;

/** decide + evolve alone, per task: ten reports of ten tasks a turn, as a saturated coordinator sees them. */
export function decideMicros(definition: WorkflowDefinition, runs: number): number {
  const before = cpuMicros();
  for (let run = 0; run < runs; run += 1) decideAll(definition);
  return (cpuMicros() - before) / (runs * definition.tasks.length);
}

function decideAll(definition: WorkflowDefinition): void {
  let decision = decide(newRun(RUN_ID), [startRun(definition)], turnContext());
  let waiting = dispatched(decision.events);
  while (decision.state.phase === 'running') {
    const batch = waiting.splice(0, TASKS_PER_REPORT * REPORTS_PER_TURN);
    const inputs: TurnInput[] = [];
    for (let from = 0; from < batch.length; from += TASKS_PER_REPORT) {
      const done = batch.slice(from, from + TASKS_PER_REPORT);
      inputs.push(report(done.map((index) => completed(decision.state.tasks[index]?.definition.id ?? ''))));
    }
    if (inputs.length === 0) inputs.push({ type: 'wake_run' });
    decision = decide(decision.state, inputs, turnContext());
    waiting = waiting.concat(dispatched(decision.events));
  }
}

const dispatched = (events: readonly RunEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'tasks_dispatched' ? event.tasks : []));
