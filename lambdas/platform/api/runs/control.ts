import { ROUTES } from '../../../contracts/api/routes.ts';
import { API_SOURCE } from '../../../contracts/bus-events.ts';
import type { RunEdit } from '../../../contracts/control.ts';
import type { RunFold } from '../../../views/run-fold.ts';
import { hasEnded } from '../../../views/run-view.ts';
import { ApiError } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import type { Caller, Handler } from '../call.ts';
import { acceptedAnswer, statusNameOf, statusOf } from './answers.ts';
import { type OpenRun, openRun } from './open-run.ts';
import { eventOf, tellRun } from './tell.ts';

const CANCEL_OVER = ['cancelled', 'failed'];

export const cancelWorkflow: Handler<'cancelWorkflow'> = async ({ caller, params, body }, ports) => {
  const run = await openRun(caller, params.workflow_id, ROUTES.cancelWorkflow.access, ports);
  if (CANCEL_OVER.includes(run.view.status)) return { status: 200, body: statusOf(run) };
  mustGoOn(run, 'only what is under way can be cancelled');
  const event = eventOf('workflow_cancel_requested', asked(caller, params.workflow_id, body.reason));
  const after = await tellRun(run, event, ports, ({ state }) => ['cancelled', 'compensating'].includes(state.phase));
  return answerOf(run, after);
};

export const pauseWorkflow: Handler<'pauseWorkflow'> = async ({ caller, params, body }, ports) => {
  const run = await openRun(caller, params.workflow_id, ROUTES.pauseWorkflow.access, ports);
  mustGoOn(run, 'only what is under way can pause');
  if (run.view.paused) return { status: 200, body: statusOf(run) };
  const event = eventOf('workflow_pause_requested', asked(caller, params.workflow_id, body.reason));
  return answerOf(run, await tellRun(run, event, ports, ({ state }) => state.paused !== undefined));
};

export const resumeWorkflow: Handler<'resumeWorkflow'> = async ({ caller, params, body }, ports) => {
  const run = await openRun(caller, params.workflow_id, ROUTES.resumeWorkflow.access, ports);
  return goOn(caller, run, { reason: body.reason }, ports);
};

export const repairWorkflow: Handler<'repairWorkflow'> = async ({ caller, params, body }, ports) => {
  const run = await openRun(caller, params.workflow_id, ROUTES.repairWorkflow.access, ports);
  return goOn(caller, run, body, ports);
};

interface Resumption {
  readonly reason: string;
  readonly edit?: RunEdit;
  readonly stay_paused?: boolean;
}

async function goOn(caller: Caller, run: OpenRun, { reason, edit, stay_paused }: Resumption, ports: ApiPorts) {
  const { runId } = run.record;
  if (run.view.status === 'completed')
    throw new ApiError('conflict', 'the run has completed: there is nothing to resume; fork it instead', {
      code: 'run_completed',
      extras: { workflow_id: runId },
    });
  const event = eventOf('workflow_resume_requested', {
    ...asked(caller, runId, reason),
    ...(edit && { edit }),
    ...(stay_paused && { stay_paused }),
  });
  const before = { seq: run.fold.seq, received: run.fold.state.received.size };
  // Whatever it was asked, the run notes that it was asked.
  const isTaken = ({ seq, state }: RunFold): boolean => seq > before.seq && state.received.size > before.received;
  return answerOf(run, await tellRun(run, event, ports, isTaken));
}

export const signalWorkflow: Handler<'signalWorkflow'> = async ({ caller, params, body }, ports) => {
  const { workflow_id } = params;
  const run = await openRun(caller, workflow_id, ROUTES.signalWorkflow.access, ports);
  mustGoOn(run, 'nobody waits for events there any more');
  const { event, key, payload, event_id = caller.requestId } = body;
  const { tenant } = caller;
  const detail = { workflow_id, tenant, event, payload, event_id, ...(key !== undefined && { key }) };
  await ports.bus.publish(API_SOURCE, [eventOf('workflow_event', detail)]);
  return { status: 202, body: { workflow_id, event_id } };
};

const asked = ({ principal }: Caller, workflow_id: string, reason: string) => ({
  ...{ workflow_id, reason },
  requested_by: principal.sub,
});

function answerOf(before: OpenRun, after: OpenRun | undefined) {
  if (after) return { status: 200 as const, body: statusOf(after) };
  return acceptedAnswer(before.record.runId, statusNameOf(before.view));
}

function mustGoOn({ view, record }: OpenRun, why: string): void {
  if (!hasEnded(view)) return;
  throw new ApiError('conflict', `the run is ${view.status} already: ${why}`, {
    code: 'run_ended',
    extras: { workflow_id: record.runId },
  });
}
