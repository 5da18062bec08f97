import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobRef, ResultValue } from '../../lambdas/contracts/blob.ts';
import type { Json, JsonObject } from '../../lambdas/contracts/json.ts';
import { DEFAULT_TENANT, RunId } from '../../lambdas/contracts/names.ts';
import { TaskDefinition, WorkflowDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import type { RunEvent } from '../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';
import { CliError } from '../cli-error.ts';
import { foldEntries, hasEnded, NEW_RUN, type RunView, resultTasks } from '../views/run-view.ts';
import type { Session } from './session.ts';
import { LOCAL_STAGE } from './target.ts';

/** The full id of a run named by its id or the beginning of it. */
export async function findRun(session: Session, given: string): Promise<string> {
  if (RunId.safeParse(given).success) return given;
  const prefix = given.startsWith('run_') ? given : `run_${given}`;
  if (prefix.length < 'run_'.length + 4)
    throw new CliError(`"${given}" is too short for a run id`, 'give at least 4 digits of it');
  const matching = (await session.runs.list(DEFAULT_TENANT, 200)).filter(({ runId }) => runId.startsWith(prefix));
  const [only] = matching;
  if (matching.length === 1 && only) return only.runId;
  throw new CliError(
    matching.length === 0 ? `no run is called "${given}"` : `${matching.length} runs begin with "${given}"`,
    'list them with "muster runs"',
  );
}

/** The journal's entries with the documents that the view needs fetched from the blob bucket. */
async function openDocuments(session: Session, entries: readonly JournalEntry[]): Promise<JournalEntry[]> {
  const open = async (event: RunEvent): Promise<RunEvent> => {
    if (event.type === 'run_started' && 'ref' in event.definition)
      return {
        ...event,
        definition: { value: WorkflowDefinition.parse(await session.blobs.get(event.definition.ref)) },
      };
    if (event.type === 'tasks_added' && 'ref' in event.tasks)
      return { ...event, tasks: { value: TaskDefinition.array().parse(await session.blobs.get(event.tasks.ref)) } };
    return event;
  };
  return Promise.all(entries.map(async (entry) => ({ ...entry, events: await Promise.all(entry.events.map(open)) })));
}

/** The view after what the journal has gained since. */
export async function readFurther(session: Session, runId: string, view: RunView): Promise<RunView> {
  const entries = await session.journal.read(runId, view.seq);
  return entries.length === 0 ? view : foldEntries(view, await openDocuments(session, entries));
}

/** @throws CliError when there is no such run */
export async function readRun(session: Session, runId: string): Promise<RunView> {
  const view = await readFurther(session, runId, NEW_RUN);
  if (view.seq > 0) return view;
  const record = await session.runs.get(runId);
  if (!record) throw new CliError(`there is no run ${runId}`, 'list them with "muster runs"');
  return {
    ...view,
    workflow: record.workflow,
    status: record.status,
    ...(record.endedAt !== undefined && { endedAt: record.endedAt }),
    ...(record.error && { error: record.error }),
  };
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
  const pauseMs = session.target.stage === LOCAL_STAGE ? 200 : 1_000;
  const appearBy = Date.now() + appearWithinMs;
  let view = NEW_RUN;
  while (!signal?.aborted) {
    const next = await readFurther(session, runId, view);
    if (next !== view) onChange?.(next);
    view = next;
    onTick?.(view);
    if (hasEnded(view)) return view;
    if (view.seq === 0 && Date.now() > appearBy) return explainMissing(session, runId);
    await sleep(pauseMs, undefined, signal ? { signal } : {}).catch(() => {});
  }
  return view;
}

async function explainMissing(session: Session, runId: string): Promise<RunView> {
  const record = await session.runs.get(runId);
  if (record && record.status !== 'requested' && record.status !== 'running') return readRun(session, runId);
  throw record
    ? new CliError(
        `run ${runId} was accepted, but has not started`,
        `look at "muster logs ${runId}" and "muster figures"`,
      )
    : new CliError(
        `the request for ${runId} was not accepted`,
        `its "workflow_rejected" event on the bus has the reason, and so has "muster logs ${runId}"`,
      );
}

const isRef = (value: ResultValue): value is { ref: BlobRef } => 'ref' in value;

/** What the run answered: the only output task's result, or each one's by its id. */
export async function resultOf(session: Session, view: RunView): Promise<Json> {
  const open = async (result: ResultValue): Promise<Json> =>
    isRef(result) ? session.blobs.get(result.ref) : result.value;
  const results: JsonObject = {};
  for (const task of resultTasks(view)) if (task.result) results[task.id] = await open(task.result);
  const [only, ...others] = Object.values(results);
  return only !== undefined && others.length === 0 ? only : results;
}
