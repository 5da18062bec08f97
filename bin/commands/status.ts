import { hasEnded, type RunView } from '../../lambdas/views/run-view.ts';
import { findRun, readRun } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { whyOf } from '../views/attempt-history.ts';
import { nextSteps } from '../views/next-steps.ts';
import { headline, taskTable, verdict } from '../views/run-display.ts';
import { nextText, paint } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface StatusOptions extends JsonOption {
  /** Also every attempt: which agent, why that one, how it ended. */
  readonly why?: boolean;
  /** Also each task of a forEach, and what tasks have delegated and is over. */
  readonly all?: boolean;
}

/** `muster status RUN` */
export function status(given: string, options: StatusOptions, globals: GlobalOptions): Promise<void> {
  const { json, why = false, all = false } = options;
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given);
    const view = await readRun(session, runId);
    if (json) return printJson({ run_id: runId, ...view });
    const now = Date.now();
    print(`${headline(view, now)}  ${paint.dim(runId)}\n`);
    print(taskTable(view, now, { maxRows: Number.POSITIVE_INFINITY, all, own: all || why }));
    if (why) print(`\n${paint.bold('Why')}\n${whyOf(view, now, all)}`);
    const reason = verdict(view);
    if (reason) print(`\n${reason}`);
    for (const line of unheard(view)) print(paint.yellow(line));
    print(`\n${nextText(nextSteps(view, runId, why))}`);
  });
}

/** What somebody said to the run and nothing came of, while it may still matter. */
function unheard(view: RunView): string[] {
  if (hasEnded(view)) return [];
  const events = view.mailbox.map(
    ({ event, key }) => `event ${event}${key === undefined ? '' : ` (key ${key})`} has come; no task has taken it yet`,
  );
  const refused = view.refusals.slice(-5).map(({ code, reason }) => `refused: ${code}: ${reason}`);
  return [...events, ...refused];
}
