import { type BusEvent, REPLAY_SOURCE } from '../../../lambdas/contracts/bus-events.ts';
import type { RunEdit } from '../../../lambdas/contracts/control.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import type { Command, CommandName } from '../plan-history.ts';
import { type Program, requestIdOf } from '../programs/plan.ts';
import { harmless } from './changes.ts';
import { forkRun } from './forks.ts';

/** Under which the controller speaks. */
export const CONTROLLER = 'controller';

/**
 * Somebody who pauses a run, changes it and resumes it, puts its tenant on hold, drains or cancels it, or takes up again
 * what has failed: with what the bus says of it in view, not blindly, as people do.
 */
export function control(platform: InProcessPlatform, program: Program, command: Command): void {
  const { clock, world } = platform;
  const { does, atMs, forMs, edit } = command;
  const workflow_id = runIdOf('default', requestIdOf(program));
  const asked = { requested_by: CONTROLLER, reason: 'by plan' };
  const publish = (event: BusEvent): void => void platform.publish(event, 'person');
  const later = (event: BusEvent): void => void clock.after(forMs, () => publish(event));
  const resume = (change?: RunEdit): BusEvent => ({
    name: 'workflow_resume_requested',
    detail: { workflow_id, ...asked, ...(change && { edit: change }) },
  });
  const first = firstOf(does, workflow_id, asked);
  let reopened = 0;
  if (first) clock.after(atMs, () => publish(first));
  if (command.fork) {
    const { fork } = command;
    clock.after(atMs + forMs, () => void forkRun(platform, program, fork, CONTROLLER));
    return;
  }

  world.bus.subscribe(({ source, detailType, detail }) => {
    if (source === REPLAY_SOURCE) return;
    const { workflow_id: about, paused_by, requested_by, request, compensation, hold, scope } = detail;
    const holds = does === 'hold' || does === 'drain';
    if (detailType === 'hold_changed' && holds && scope === 'default' && hold !== undefined) {
      later({ name: 'hold_requested', detail: { scope: 'default', action: 'resume', ...asked } });
    }
    if (about !== workflow_id) return;
    if (detailType === 'workflow_paused' && does === 'pause' && paused_by === CONTROLLER) {
      clock.after(forMs, () => void harmless(edit, program, world).then((change) => publish(resume(change))));
    }
    // What can't be changed now is not changed.
    if (detailType === 'request_refused' && requested_by === CONTROLLER && request === 'edit') later(resume());
    if (detailType !== 'workflow_failed' && detailType !== 'workflow_cancelled') return;
    if (does !== 'reopen' || compensation !== undefined || reopened > 0) return;
    reopened += 1;
    later(resume());
  });
}

type Asked = { readonly requested_by: string; readonly reason: string };

/** What begins it, for those that do not wait for something to happen. */
function firstOf(does: CommandName, workflow_id: string, asked: Asked): BusEvent | undefined {
  const scope = 'default';
  switch (does) {
    case 'pause':
      return { name: 'workflow_pause_requested', detail: { workflow_id, ...asked } };
    case 'hold':
      return { name: 'hold_requested', detail: { scope, action: 'pause', ...asked } };
    case 'drain':
      return { name: 'hold_requested', detail: { scope, action: 'drain', ...asked } };
    case 'cancel':
      return { name: 'hold_requested', detail: { scope, action: 'cancel', ...asked } };
    default:
      return undefined;
  }
}
