import type { ResultValue } from '../../lambdas/contracts/blob.ts';
import type { Json } from '../../lambdas/contracts/json.ts';
import { fetchDocuments } from '../../lambdas/platform/coordinator/documents.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';
import { childRunId } from '../../lambdas/workflow/run-identity.ts';
import type { Observed } from './model/fate.ts';
import type { PlayedHistory, PlayedRun } from './played.ts';
import { viewOf } from './view/journal-view.ts';
import type { RunView, TaskView } from './view/run-view.ts';

/** Every run of the history, with its journal as it lies in the store. */
export async function readRuns({ platform, programs }: PlayedHistory): Promise<PlayedRun[]> {
  const { world } = platform;
  const open = (result: ResultValue): Json =>
    'value' in result ? result.value : JSON.parse(world.objects.get(result.ref.key) ?? 'null');
  const views = new Map<string, Omit<PlayedRun, 'observed'>>();
  for (const record of await world.runs.list('default', 1_000)) {
    const program = programs.get(record.workflow);
    if (!program) continue;
    const stored = await world.journal.read(record.runId, 0);
    const entries: JournalEntry[] = [];
    for (const entry of stored) entries.push({ ...entry, events: await fetchDocuments(entry.events, world.blobs) });
    views.set(record.runId, { record, program, entries, view: viewOf(record.runId, entries) });
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
      ({ id, definition, parent, undoOf }) =>
        parent === undefined &&
        undoOf === undefined &&
        !awaited.has(id) &&
        !(definition.group !== undefined && awaited.has(definition.group)),
    )
    .map(({ id }) => id);
}
