import { type RunState, type TaskState, taskAt } from './state.ts';

/** Ids of its own tasks begin with this. Those of another epoch are others: nothing that was remembered of them counts. */
export function prefixOf(taskId: string, epoch = 1): string {
  return epoch === 1 ? `${taskId}..` : `${taskId}..e${epoch}..`;
}

/** As the code that delegated it calls it: its key without the place of the call. */
export function localName(key: string): string {
  return key.replace(/^\d[0-9a-f_]*\./, '');
}

/** What a task, its definition and its expressions call a task that it depends on. */
export function nameFor(state: Pick<RunState, 'runId' | 'tasks'>, { owner }: TaskState, id: string): string {
  if (owner === undefined) return id;
  const { definition, epoch } = taskAt(state, owner);
  const prefix = prefixOf(definition.id, epoch);
  return id.startsWith(prefix) ? localName(id.slice(prefix.length)) : id;
}
