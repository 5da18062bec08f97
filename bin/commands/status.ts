import { findRun, readRun } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { headline, taskTable, verdict } from '../views/run-display.ts';
import { paint } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

/** `muster status RUN` */
export function status(given: string, options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given);
    const view = await readRun(session, runId);
    if (options.json) return printJson({ run_id: runId, ...view });
    const now = Date.now();
    print(`${headline(view, now)}  ${paint.dim(runId)}\n`);
    print(taskTable(view, now, Number.POSITIVE_INFINITY));
    const reason = verdict(view);
    if (reason) print(`\n${reason}`);
    const next =
      view.status === 'completed' ? `muster result ${runId.slice(0, 12)}` : `muster logs ${runId.slice(0, 12)}`;
    print(paint.dim(`\nnext: npx ${next}`));
  });
}
