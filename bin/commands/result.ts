import { hasEnded } from '../../lambdas/views/run-view.ts';
import { CliError } from '../cli-error.ts';
import { findRun, readRun, resultOf } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { type GlobalOptions, printJson } from './options.ts';

/** `muster result RUN`: what its output tasks answered. */
export function result(given: string, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given);
    const view = await readRun(session, runId);
    if (!hasEnded(view)) throw new CliError(`run ${runId} is ${view.status}`, `follow it with "muster watch ${runId}"`);
    if (view.status !== 'completed')
      throw new CliError(
        `run ${runId} has no result, it is ${view.status}${view.error ? `: ${view.error.message}` : ''}`,
        `see "muster status ${runId.slice(0, 12)} --why"`,
      );
    printJson(await resultOf(session, view));
  });
}
