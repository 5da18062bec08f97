import { BUS_EVENTS } from '../../lambdas/contracts/bus-events.ts';
import type { RunEdit } from '../../lambdas/contracts/control.ts';
import { issuesOf } from '../../lambdas/contracts/errors.ts';
import { CliError } from '../cli-error.ts';
import { awaitAnswer } from '../cloud/await-answer.ts';
import { publish } from '../cloud/request-run.ts';
import { readFold } from '../cloud/run-reader.ts';
import type { Session } from '../cloud/session.ts';
import { answerTo } from './request-answer.ts';

/** How a run is to go on. */
export interface Resumption {
  readonly edit?: RunEdit | undefined;
  readonly stay_paused?: boolean | undefined;
  readonly reason: string;
  readonly requested_by: string;
}

/** Asks a run to go on, and says what it made of that. @throws CliError when it refused, with the reason */
export async function resumeRun(session: Session, runId: string, resumption: Resumption): Promise<string> {
  const { fold, view } = await readFold(session, runId);
  if (view.status === 'completed')
    throw new CliError(`run ${runId} has completed: there is nothing to resume`, `muster fork ${runId.slice(0, 12)}`);
  const { edit, stay_paused, reason, requested_by } = resumption;
  const detail = BUS_EVENTS.workflow_resume_requested.safeParse({
    ...{ workflow_id: runId, reason, requested_by },
    ...(edit && { edit }),
    ...(stay_paused && { stay_paused }),
  });
  if (!detail.success) throw new CliError(`the request is not valid: ${issuesOf(detail.error)}`);
  const id = await publish(session, 'workflow_resume_requested', detail.data);
  const answer = await awaitAnswer(session, fold, (next) => answerTo(next, fold, id));
  if ('silence' in answer)
    throw new CliError(`run ${runId} has not gone on yet`, `look at "muster status ${runId.slice(0, 12)}"`);
  const refused = 'rejected' in answer ? answer.rejected : 'refused' in answer.heard ? answer.heard.refused : undefined;
  if (refused !== undefined) throw new CliError(`run ${runId} was left as it is: ${refused}`, 'nothing was changed');
  const changed = edit ? ', changed' : '';
  return stay_paused ? `run ${runId} stays paused${changed}` : `run ${runId} goes on${changed}`;
}
