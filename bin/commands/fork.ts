import { randomUUID } from 'node:crypto';
import { BUS_EVENTS } from '../../lambdas/contracts/bus-events.ts';
import { issuesOf } from '../../lambdas/contracts/errors.ts';
import { newFold } from '../../lambdas/views/run-fold.ts';
import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { CliError } from '../cli-error.ts';
import { awaitAnswer } from '../cloud/await-answer.ts';
import { entryNumber, readJournal } from '../cloud/read-journal.ts';
import { publish } from '../cloud/request-run.ts';
import { findRun, followRun, resultOf } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { nextSteps } from '../views/next-steps.ts';
import { nextText, paint } from '../views/text.ts';
import { type EditOptions, editOf } from './edit-options.ts';
import { actor } from './json-argument.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';
import { showRun } from './watch.ts';

export interface ForkOptions extends EditOptions, JsonOption {
  /** Number of a journal entry; default: the last that leaves something to do. */
  readonly at?: string;
  readonly effects: string;
  readonly requestId?: string;
  readonly reason: string;
  readonly as?: string;
  readonly wait?: boolean;
}

/** `muster fork RUN`: a new run that begins where another stood, and waits until it has begun. */
export function fork(given: string, options: ForkOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const from = await findRun(session, given);
    const record = await session.runs.get(from);
    if (!record) throw new CliError(`there is no run ${from}`, 'list them with "muster runs"');
    const at = options.at === undefined ? undefined : entryNumber(await readJournal(session, from), options.at);
    const edit = editOf(options);
    const requestId = options.requestId ?? `fork-${randomUUID()}`;
    const detail = BUS_EVENTS.workflow_fork_requested.safeParse({
      ...{ workflow_id: from, request_id: requestId, effects: options.effects },
      ...{ reason: options.reason, requested_by: actor(options.as) },
      ...(at !== undefined && { at }),
      ...(edit && { edit }),
    });
    if (!detail.success)
      throw new CliError(`the request is not valid: ${issuesOf(detail.error)}`, 'see "muster fork --help"');
    const runId = runIdOf(record.tenant, requestId);
    await publish(session, 'workflow_fork_requested', detail.data);
    const answer = await awaitAnswer(session, newFold(runId), ({ state }) => state.fork);
    if ('rejected' in answer) throw new CliError(`the fork was refused: ${answer.rejected}`, 'nothing was started');
    if (!('heard' in answer))
      throw new CliError(`the fork ${runId} has not begun yet`, `look at "muster logs ${runId}"`);
    const compare = `muster diff ${from.slice(0, 12)} ${runId.slice(0, 12)}`;
    if (!options.json) print(`${paint.bold(runId)} goes on after entry ${answer.heard.at} of ${from}`);
    if (!options.wait) return options.json ? printJson({ run_id: runId, ...answer.heard }) : print(nextText([compare]));
    const view = options.json ? await followRun(session, runId) : await showRun(session, runId);
    process.exitCode = view.status === 'completed' ? 0 : 1;
    if (!options.json) return print(nextText([compare, ...nextSteps(view, runId)]));
    const outcome = view.status === 'completed' ? { result: await resultOf(session, view) } : { error: view.error };
    printJson({ run_id: runId, ...answer.heard, status: view.status, ...outcome });
  });
}
