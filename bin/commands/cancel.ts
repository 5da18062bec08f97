import { publish } from '../cloud/request-run.ts';
import { findRun, followRun, readRun } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { hasEnded } from '../views/run-view.ts';
import { type GlobalOptions, print } from './options.ts';

/** `muster cancel RUN`: asks on the bus and waits until the coordinator has decided. */
export function cancel(given: string, options: { reason: string }, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given);
    const before = await readRun(session, runId);
    if (hasEnded(before)) return print(`run ${runId} is ${before.status} already`);
    await publish(session, 'workflow_cancel_requested', {
      workflow_id: runId,
      reason: options.reason,
      requested_by: 'muster-cli',
    });
    const view = await followRun(session, runId, { signal: AbortSignal.timeout(60_000) });
    print(`run ${runId} is ${view.status}`);
    process.exitCode = view.status === 'cancelled' ? 0 : 1;
  });
}
