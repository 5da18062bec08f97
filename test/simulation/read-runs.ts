import type { ResultValue } from '../../lambdas/contracts/blob.ts';
import type { Json } from '../../lambdas/contracts/json.ts';
import { fetchDocuments } from '../../lambdas/platform/coordinator/documents.ts';
import type { RunRecord } from '../../lambdas/runtime/ports.ts';
import { openDocuments } from '../../lambdas/workflow/documents.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';
import { childRunId, runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { FORKS } from './fleet/forks.ts';
import type { Observed } from './model/fate.ts';
import type { PlayedHistory, PlayedRun } from './played.ts';
import { requestIdOf } from './programs/plan.ts';
import { viewOf } from './view/journal-view.ts';
import type { RunView, TaskView } from './view/run-view.ts';

/** A fork of a run, which goes by what that one did. */
export interface PlayedFork {
  readonly record: RunRecord;
  readonly entries: readonly JournalEntry[];
  readonly from?: { readonly runId: string; readonly entries: readonly JournalEntry[] };
}

/** Forks are runs that began where another stood. */
export async function readForks({ platform }: PlayedHistory): Promise<PlayedFork[]> {
  const { runs, journal, blobs } = platform.world;
  const opened = async (runId: string): Promise<JournalEntry[]> =>
    openDocuments(await journal.read(runId, 0), (ref) => blobs.get(ref));
  const forks: PlayedFork[] = [];
  for (const record of await runs.list('default', 1_000)) {
    if (!record.requestId.startsWith(FORKS)) continue;
    const entries = await opened(record.runId);
    const begun = entries.flatMap(({ events }) => events).find(({ type }) => type === 'run_forked');
    const runId = begun?.type === 'run_forked' ? begun.from : undefined;
    forks.push({ record, entries, ...(runId !== undefined && { from: { runId, entries: await opened(runId) } }) });
  }
  return forks;
}

/** Every run of the history, with its journal as it lies in the store. */
export async function readRuns({ platform, programs, plan }: PlayedHistory): Promise<PlayedRun[]> {
  const { world } = platform;
  const open = (result: ResultValue): Json =>
    'value' in result ? result.value : JSON.parse(world.objects.get(result.ref.key) ?? 'null');
  const views = new Map<string, Omit<PlayedRun, 'observed'>>();
  const asked = new Map(plan.programs.map((program) => [runIdOf('default', requestIdOf(program)), program]));
  for (const record of await world.runs.list('default', 1_000)) {
    const program = asked.get(record.runId) ?? programs.get(record.workflow);
    if (!program || record.requestId.startsWith(FORKS)) continue;
    const stored = await world.journal.read(record.runId, 0);
    const entries: JournalEntry[] = [];
    for (const entry of stored) entries.push({ ...entry, events: await fetchDocuments(entry.events, world.blobs) });
    // In the archive documents lie with their entries, which may be larger for that.
    const bytes = record.archived ? [] : stored.map(({ events }) => JSON.stringify(events).length);
    views.set(record.runId, { record, program, entries, bytes, view: viewOf(record.runId, entries) });
  }
  return [...views.values()].map((run) => ({ ...run, observed: observe(run.view, views, open) }));
}

function observe(
  view: RunView,
  runs: ReadonlyMap<string, { view: RunView }>,
  open: (result: ResultValue) => Json,
): Observed {
  const resultIn = (run: RunView, task: TaskView): Json =>
    task.children
      ? task.children.map((id) => {
          const child = run.byId.get(id);
          return child?.status === 'completed' ? resultIn(run, child) : null;
        })
      : task.result
        ? open(task.result)
        : null;
  /** As a run's own result tells it: what is large stays where it is. */
  const plainIn = (run: RunView, task: TaskView): Json => {
    if (task.children) {
      return task.children.map((id) => {
        const child = run.byId.get(id);
        return child?.status === 'completed' ? plainIn(run, child) : null;
      });
    }
    return task.result && 'ref' in task.result ? { ref: task.result.ref } : (task.result?.value ?? null);
  };
  return {
    view,
    resultOf: (task) => resultIn(view, task),
    childrenOf(taskId) {
      const attempts = view.byId.get(taskId)?.attempt ?? 0;
      const parent = { runId: view.runId, request: { tenant: 'default' } };
      return Array.from(
        { length: attempts },
        (_, index) => runs.get(childRunId(parent, taskId, index + 1))?.view,
      ).filter((run) => run !== undefined);
    },
    outputOf(run) {
      const named = run.definition?.output ?? lastTasks(run);
      const results: Record<string, Json> = {};
      for (const id of named) {
        const task = run.byId.get(id);
        if (task?.status === 'completed') results[id] = plainIn(run, task);
      }
      return results;
    },
  };
}

/** Those nobody depends on, neither by name nor by group. */
function lastTasks(run: RunView): string[] {
  const awaited = new Set(run.tasks.flatMap(({ definition }) => definition.dependsOn ?? []));
  return run.tasks
    .filter(
      ({ id, definition, parent, owner, undoOf }) =>
        parent === undefined &&
        undoOf === undefined &&
        owner === undefined &&
        !awaited.has(id) &&
        !(definition.group !== undefined && awaited.has(definition.group)),
    )
    .map(({ id }) => id);
}
