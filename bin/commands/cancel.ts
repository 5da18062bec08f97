import { setTimeout as sleep } from 'node:timers/promises';
import { ALL_TENANTS } from '../../lambdas/contracts/control.ts';
import { hasEnded } from '../../lambdas/views/run-view.ts';
import { CliError } from '../cli-error.ts';
import { openRunsOf } from '../cloud/open-runs.ts';
import { publish } from '../cloud/request-run.ts';
import { findRun, followRun, pauseOf, readRun } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { askHold, type HoldOptions, scopeOf, scopeText } from './hold.ts';
import { actor } from './json-argument.ts';
import { type GlobalOptions, print } from './options.ts';

export interface CancelOptions extends HoldOptions {
  /** Needed to cancel more than one run. */
  readonly yes?: boolean;
}

const WAIT_MS = 60_000;

/** `muster cancel RUN|--tenant T|--all`: asks on the bus and waits until the coordinator has decided. */
export function cancel(given: string | undefined, options: CancelOptions, globals: GlobalOptions): Promise<void> {
  const scope = scopeOf(given, options);
  if (scope !== undefined) return cancelAll(scope, options, globals);
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given ?? '', options.tenant);
    const before = await readRun(session, runId);
    if (hasEnded(before)) return print(`run ${runId} is ${before.status} already`);
    await publish(session, 'workflow_cancel_requested', {
      workflow_id: runId,
      reason: options.reason,
      requested_by: actor(options.as),
    });
    const view = await followRun(session, runId, { signal: AbortSignal.timeout(WAIT_MS) });
    print(`run ${runId} is ${view.status}`);
    process.exitCode = view.status === 'cancelled' ? 0 : 1;
  });
}

function cancelAll(scope: string, options: CancelOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const open = await openRunsOf(session, scope);
    const what = `${open.length} open ${open.length === 1 ? 'run' : 'runs'} of ${scopeText(scope)}`;
    if (open.length === 0) return print(`${scopeText(scope)} has no open runs`);
    if (!options.yes) {
      const flag = scope === ALL_TENANTS ? '--all' : `--tenant ${scope}`;
      throw new CliError(`this cancels ${what}, and takes back what they did`, `muster cancel ${flag} --yes`);
    }
    await askHold(session, 'cancel', scope, options);
    const until = Date.now() + WAIT_MS;
    let rest = open;
    while (rest.length > 0 && Date.now() < until) {
      await sleep(pauseOf(session));
      const still = new Set((await openRunsOf(session, scope)).map(({ runId }) => runId));
      rest = rest.filter(({ runId }) => still.has(runId));
    }
    if (rest.length === 0) return print(`${what}: all have ended`);
    print(`${what}: ${open.length - rest.length} have ended, ${rest.length} still take back what they did`);
    process.exitCode = 1;
  });
}
