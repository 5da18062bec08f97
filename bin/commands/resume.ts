import { CliError } from '../cli-error.ts';
import { findRun } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { paint } from '../views/text.ts';
import { type EditOptions, editOf } from './edit-options.ts';
import { type HoldOptions, hold, scopeOf } from './hold.ts';
import { actor } from './json-argument.ts';
import { type GlobalOptions, print } from './options.ts';
import { redrive } from './redrive.ts';
import { resumeRun } from './resume-run.ts';

export interface ResumeOptions extends HoldOptions, EditOptions {
  readonly stayPaused?: boolean;
  /** The fingerprint of a cause: all runs that it has stopped. */
  readonly cause?: string;
}

/**
 * `muster resume RUN|--tenant T|--all|--cause F`: what has paused or failed goes on, with changes if any are named; waits
 * until that is so.
 */
export function resume(given: string | undefined, options: ResumeOptions, globals: GlobalOptions): Promise<void> {
  const edit = editOf(options);
  if (options.cause !== undefined) {
    if (given !== undefined) throw new CliError('name a run or a cause, not both', 'see "muster resume --help"');
    return redrive({ ...options, cause: options.cause }, globals);
  }
  const scope = scopeOf(given, options);
  if (scope !== undefined) {
    if (edit || options.stayPaused) throw new CliError('changes are made to one run', 'name it: muster resume RUN …');
    return hold('resume', scope, options, globals);
  }
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given ?? '', options.tenant);
    const resumption = {
      edit,
      stay_paused: options.stayPaused,
      reason: options.reason,
      requested_by: actor(options.as),
    };
    print(await resumeRun(session, runId, resumption));
    print(paint.dim(`next: npx muster watch ${runId.slice(0, 12)}`));
  });
}
