import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../lambdas/contracts/json.ts';
import { DEFAULT_TENANT, RunId } from '../../lambdas/contracts/names.ts';
import { readFold as readFoldOf, readFurther as readFurtherOf } from '../../lambdas/views/read-fold.ts';
import { newFold, type RunFold } from '../../lambdas/views/run-fold.ts';
import { resultOfRun } from '../../lambdas/views/run-result.ts';
import { hasEnded, NEW_RUN, type RunView, viewOf } from '../../lambdas/views/run-view.ts';
import { CliError } from '../cli-error.ts';
import { explained } from './explained.ts';
import { readRejection } from './read-rejection.ts';
import type { Session } from './session.ts';
import { LOCAL_STAGE } from './target.ts';

/** The full id of a run named by its id or the beginning of it. */
export async function findRun(session: Session, given: string, tenant: string = DEFAULT_TENANT): Promise<string> {
  if (RunId.safeParse(given).success) return given;
  const prefix = given.startsWith('run_') ? given : `run_${given}`;
  if (prefix.length < 'run_'.length + 4)
    throw new CliError(`"${given}" is too short for a run id`, 'give at least 4 digits of it');
  const matching = (await session.runs.list(tenant, 200)).filter(({ runId }) => runId.startsWith(prefix));
  const [only] = matching;
  if (matching.length === 1 && only) return only.runId;
  throw new CliError(
    matching.length === 0 ? `no run is called "${given}"` : `${matching.length} runs begin with "${given}"`,
    'list them with "muster runs"',
  );
}

/** The fold after what the journal has gained since. @throws CliError when a newer Muster has written it */
export const readFurther = (session: Pick<Session, 'journal' | 'blobs'>, fold: RunFold): Promise<RunFold> =>
  explained(readFurtherOf(session, fold));

/** @throws CliError when there is no such run */
export async function readRun(session: Session, runId: string): Promise<RunView> {
  return (await readFold(session, runId)).view;
}

/** A run, and from where to read on. @throws CliError when there is no such run */
export const readFold = (session: Session, runId: string): Promise<{ fold: RunFold; view: RunView }> =>
  explained(readFoldOf(session, runId));

/** How long to wait between two looks at a journal, ms. */
export function pauseOf({ target }: Session): number {
  return target.stage === LOCAL_STAGE ? 200 : 1_000;
}

export interface FollowOptions {
  /** Called with the view each time it has changed. */
  readonly onChange?: (view: RunView) => void;
  /** Called at every look, changed or not. */
  readonly onTick?: (view: RunView) => void;
  readonly signal?: AbortSignal;
  /** How long a run may take to appear, ms. */
  readonly appearWithinMs?: number;
}

/**
 * Follows a run to its end.
 * @throws CliError when it does not appear: the intake has refused the request, or has not seen it
 */
export async function followRun(session: Session, runId: string, options: FollowOptions = {}): Promise<RunView> {
  const { onChange, onTick, signal, appearWithinMs = 60_000 } = options;
  const pauseMs = pauseOf(session);
  const appearBy = Date.now() + appearWithinMs;
  const since = Date.now();
  let fold = newFold(runId);
  let view = NEW_RUN;
  while (!signal?.aborted) {
    const next = await readFurther(session, fold);
    if (next !== fold) {
      fold = next;
      view = viewOf(fold);
      onChange?.(view);
    }
    onTick?.(view);
    if (hasEnded(view)) return view;
    if (view.status === 'requested' && Date.now() > appearBy) return explainMissing(session, runId, since);
    await sleep(pauseMs, undefined, signal ? { signal } : {}).catch(() => {});
  }
  return view;
}

async function explainMissing(session: Session, runId: string, since: number): Promise<RunView> {
  const record = await session.runs.get(runId);
  if (record && record.status !== 'requested' && record.status !== 'running') return readRun(session, runId);
  if (record) {
    const next = `look at "muster logs ${runId}" and "muster figures"`;
    throw new CliError(`run ${runId} was accepted, but has not started`, next);
  }
  const rejection = await readRejection(session, runId, since - 60_000);
  throw new CliError(
    rejection ? `the request was rejected: ${rejection}` : `the request for ${runId} was not accepted`,
    `its "workflow_rejected" event on the bus has the reason, and so has "muster logs ${runId}"`,
  );
}

/** What the run answered: the only output task's result, or each one's by its id. */
export const resultOf = (session: Session, view: RunView): Promise<Json> => resultOfRun(session, view);
