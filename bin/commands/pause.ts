import { hasEnded } from '../../lambdas/views/run-view.ts';
import { CliError } from '../cli-error.ts';
import { awaitAnswer } from '../cloud/await-answer.ts';
import { publish } from '../cloud/request-run.ts';
import { findRun, readFold } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { type HoldOptions, hold, scopeOf } from './hold.ts';
import { actor } from './json-argument.ts';
import { type GlobalOptions, print } from './options.ts';
import { answerTo } from './request-answer.ts';

/** `muster pause RUN|--tenant T|--all`: nothing new begins until it is resumed; waits until that is so. */
export function pause(given: string | undefined, options: HoldOptions, globals: GlobalOptions): Promise<void> {
  const scope = scopeOf(given, options);
  if (scope !== undefined) return hold('pause', scope, options, globals);
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given ?? '');
    const { fold, view } = await readFold(session, runId);
    if (hasEnded(view))
      throw new CliError(`run ${runId} is ${view.status} already`, 'only what is under way can pause');
    const { paused } = fold.state;
    if (paused) throw new CliError(`run ${runId} is paused already: ${paused.reason}`, `muster resume ${given}`);
    const requested_by = actor(options.as);
    const id = await publish(session, 'workflow_pause_requested', {
      ...{ workflow_id: runId, reason: options.reason, requested_by },
    });
    const answer = await awaitAnswer(session, fold, (next) => answerTo(next, fold, id));
    if ('rejected' in answer) throw new CliError(`the pause was refused: ${answer.rejected}`);
    if ('silence' in answer)
      throw new CliError(`run ${runId} has not paused yet`, `look at "muster status ${runId.slice(0, 12)}"`);
    if ('refused' in answer.heard) throw new CliError(`the pause was refused: ${answer.heard.refused}`);
    const running = answer.heard.view.tasks.filter(({ status }) => status === 'running').length;
    const tasks = `${running} ${running === 1 ? 'task' : 'tasks'} under way`;
    const rest = running > 0 ? `; ${tasks} will finish, or stop before the next call of a model or tool` : '';
    print(`run ${runId} is paused${rest}`);
  });
}
