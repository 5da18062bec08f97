import { type BusEvent, REPLAY_SOURCE } from '../../../lambdas/contracts/bus-events.ts';
import type { RunEdit } from '../../../lambdas/contracts/control.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import type { Command } from '../plan-history.ts';
import { definitionOf } from '../programs/compile.ts';
import { type Program, requestIdOf } from '../programs/plan.ts';

/** With which the request ids of forks begin. */
export const FORKS = 'fork of ';
/** Under which the controller speaks. */
export const CONTROLLER = 'controller';

/**
 * Somebody who pauses a run, changes it and resumes it, puts its tenant on hold, or takes up again what has failed: with
 * what the bus says of it in view, not blindly, as people do.
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
  let reopened = 0;

  world.bus.subscribe(({ source, detailType, detail }) => {
    if (source === REPLAY_SOURCE) return;
    const { workflow_id: about, paused_by, requested_by, request, compensation, hold, scope } = detail;
    if (detailType === 'hold_changed' && does === 'hold' && scope === 'default' && hold !== undefined) {
      later({ name: 'hold_requested', detail: { scope: 'default', action: 'resume', ...asked } });
    }
    if (about !== workflow_id) return;
    if (detailType === 'workflow_paused' && does === 'pause' && paused_by === CONTROLLER) {
      clock.after(forMs, () => void changed().then((change) => publish(resume(change))));
    }
    // What can't be changed now is not changed.
    if (detailType === 'request_refused' && requested_by === CONTROLLER && request === 'edit') later(resume());
    if (detailType !== 'workflow_failed' && detailType !== 'workflow_cancelled') return;
    if (does !== 'reopen' || compensation !== undefined || reopened > 0) return;
    reopened += 1;
    later(resume());
  });

  /** Nothing that would make the work another. */
  async function changed(): Promise<RunEdit | undefined> {
    const definition = definitionOf(program);
    if (edit === 'input') return { input: program.input };
    if (edit === 'version') {
      const tasks = definition.tasks.map((task) => ({ ...task, description: 'of another version' }));
      await world.registry.registerDefinition({ ...definition, tasks, version: 2 });
      return { version: 2 };
    }
    const tasks = definition.tasks.filter(({ type, forEach }) => type !== undefined && !forEach);
    const named = edit === 'tasks' ? tasks.slice(-Math.ceil(tasks.length / 2)) : [];
    if (named.length === 0) return undefined;
    return { tasks: Object.fromEntries(named.map(({ id, input = {} }) => [id, { input, timeoutSeconds: 290 }])) };
  }

  /** From an entry that is there by then. */
  async function fork(): Promise<void> {
    const entries = await world.journal.read(workflow_id, 0);
    const at = Math.floor((command.after ?? 0) * (entries.length + 1));
    const request_id = `${FORKS}${requestIdOf(program)}`;
    publish({
      name: 'workflow_fork_requested',
      detail: { workflow_id, at, request_id, effects: 'recorded', ...asked },
    });
  }

  if (does === 'reopen') return;
  if (does === 'fork') {
    clock.after(atMs + forMs, () => void fork());
    return;
  }
  clock.after(atMs, () =>
    publish(
      does === 'pause'
        ? { name: 'workflow_pause_requested', detail: { workflow_id, ...asked } }
        : { name: 'hold_requested', detail: { scope: 'default', action: 'pause', ...asked } },
    ),
  );
}
