import type { Action, Resource, Target } from '../../../contracts/access.ts';
import type { RunRecord } from '../../../runtime/ports.ts';
import { readFurther } from '../../../views/read-fold.ts';
import { newFold, type RunFold } from '../../../views/run-fold.ts';
import { type RunView, viewOf } from '../../../views/run-view.ts';
import { notFound } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import { type Caller, demand } from '../call.ts';

/** A run that somebody may do something with. */
export interface OpenRun {
  readonly record: RunRecord;
  readonly fold: RunFold;
  readonly view: RunView;
}

export interface Access {
  readonly resource: Resource;
  readonly action: Action;
}

/**
 * A run of the caller's tenant, as its journal tells it.
 * @param more what else says whether they may
 * @throws ApiError: 404 for a run of another tenant as for one that there is not, 403 when they may not do this to it
 */
export async function openRun(
  caller: Caller,
  runId: string,
  access: Access,
  ports: ApiPorts,
  more: (run: OpenRun) => Promise<Pick<Target, 'decidedFor' | 'selfAllowed'>> = async () => ({}),
): Promise<OpenRun> {
  const what = `run ${runId}`;
  const record = await ports.runs.get(runId);
  if (!record) throw notFound(what);
  // Before anything of it is read: what belongs to others is none of theirs.
  const { tenant } = record;
  if (tenant !== caller.tenant) {
    demand(caller, access, ports, { tenant }, what);
    throw notFound(what);
  }
  const fold = await readFurther(ports, newFold(runId));
  const run = { record, fold, view: standing(viewOf(fold), record) };
  const createdBy = requesterOf(run);
  demand(caller, access, ports, { tenant, createdBy, ...(await more(run)) }, what);
  return run;
}

/** Who asked for it. */
export function requesterOf({ record, fold: { state } }: Pick<OpenRun, 'record' | 'fold'>): string | undefined {
  return record.requestedBy ?? (state.phase === 'new' ? undefined : state.request.requested_by);
}

/** What the record says of a run whose journal has not begun. */
function standing(view: RunView, { workflow, status, endedAt, error }: RunRecord): RunView {
  if (view.status !== 'requested') return view;
  return { ...view, workflow, status, ...(endedAt !== undefined && { endedAt }), ...(error && { error }) };
}
