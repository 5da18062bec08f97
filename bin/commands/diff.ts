import { comparedRun as comparedRunOf } from '../../lambdas/views/compared-run.ts';
import { type ComparedRun, diffRuns } from '../../lambdas/views/run-diff.ts';
import { explained } from '../cloud/explained.ts';
import { findRun } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { diffText } from '../views/diff-display.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

/** `muster diff RUN1 RUN2`: task by task. */
export function diff(one: string, other: string, options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const first = await comparedRun(session, await findRun(session, one));
    const second = await comparedRun(session, await findRun(session, other));
    const found = diffRuns(first, second);
    if (options.json) return printJson(found);
    print(diffText(found));
  });
}

/** A run with everything that a comparison looks at. @throws CliError when there is no such run */
export const comparedRun = (
  session: Pick<Session, 'journal' | 'runs' | 'blobs'>,
  runId: string,
): Promise<ComparedRun> => explained(comparedRunOf(session, runId));
