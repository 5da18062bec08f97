import type { RunView } from '../../lambdas/views/run-view.ts';
import { findRun, followRun } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { nextSteps } from '../views/next-steps.ts';
import { headline, verdict } from '../views/run-display.ts';
import { runScreen } from '../views/run-screen.ts';
import { nextText } from '../views/text.ts';
import { type GlobalOptions, print } from './options.ts';

/** Shows a run until it ends or `signal` aborts; with `all`, each task of a forEach by itself. */
export async function showRun(session: Session, runId: string, signal?: AbortSignal, all = false): Promise<RunView> {
  const screen = runScreen(process.stdout, all);
  const onTick = (view: RunView) => process.stdout.isTTY && screen.show(view);
  const onChange = (view: RunView) => process.stdout.isTTY || screen.show(view);
  const view = await followRun(session, runId, { onTick, onChange, ...(signal && { signal }) });
  screen.close();
  if (!process.stdout.isTTY) print(headline(view, Date.now()));
  const reason = verdict(view);
  if (reason) print(reason);
  return view;
}

/** `muster watch RUN`: exit 0 when the run succeeded, 1 otherwise. */
export function watch(given: string, options: { all?: boolean }, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given);
    const view = await showRun(session, runId, undefined, options.all);
    print(nextText(nextSteps(view, runId)));
    process.exitCode = view.status === 'completed' ? 0 : 1;
  });
}
