import { canonicalJson } from '../contracts/canonical-json.ts';
import type { TaskEdit } from '../contracts/control.ts';
import { asJson } from '../contracts/json.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { anew, beginAnew, redefine } from './begin-anew.ts';
import { change, type Draft, ownGraph } from './draft.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { voidOwn } from './evolve-own.ts';
import { childDefinition, endTask, leaveReady, rangeOf, ranksOf } from './graph.ts';
import { opened } from './opened.ts';
import { forgetGates } from './permits.ts';
import { relink } from './relink.ts';
import { isOver, type TaskState, taskAt } from './state.ts';

/** What a person changed of an open run. It was checked before: whatever is named can be changed. */
export function edited(draft: Draft, event: Extract<RunEvent, { type: 'run_edited' }>, at: number): void {
  const { tasks = {}, input, parameters } = opened(event.edit);
  draft.received = new Set(draft.received).add(event.requestId);
  if (event.contracts) draft.contracts = { ...event.contracts, ...draft.contracts };
  if (input) draft.input = input;
  if (parameters) {
    const set = Object.entries(parameters).map(([agent, values]) => [
      agent,
      { ...draft.parameters?.[agent], ...values },
    ]);
    draft.parameters = { ...draft.parameters, ...Object.fromEntries(set) };
  }
  if (event.definition) redefineRun(draft, opened(event.definition), at);
  for (const [id, change] of Object.entries(tasks)) {
    const index = draft.indexOf.get(id);
    if (index !== undefined) editTask(draft, index, change, at);
  }
  if (event.definition) relink(draft, at);
  // Keys of limits may read the input.
  if (input)
    for (const [index, { status }] of draft.tasks.entries()) if (status !== 'dispatched') forgetGates(draft, index, at);
}

/** A task's definition with what was changed of it. */
export function withEdit(definition: TaskDefinition, edit: TaskEdit): TaskDefinition {
  const { retry, anew: _anew, ...rest } = edit;
  return { ...definition, ...rest, ...(retry && { retry: { ...definition.retry, ...retry } }) };
}

export function isSame(one: TaskDefinition, other: TaskDefinition): boolean {
  return canonicalJson(asJson(one)) === canonicalJson(asJson(other));
}

/** Of a forEach that has made its tasks, each of them that is not over. */
function editTask(draft: Draft, index: TaskIndex, edit: TaskEdit, at: number): void {
  const { definition, children } = taskAt(draft, index);
  if (!children) {
    beginAnew(draft, index, withEdit(definition, edit), at);
    return;
  }
  redefine(draft, index, withEdit(definition, edit));
  for (const child of rangeOf(children)) {
    if (!isOver(taskAt(draft, child))) editTask(draft, child, edit, at);
  }
}

/** Places of tasks never change: what is gone stays as a task that nobody wants, what is new comes last. */
function redefineRun(draft: Draft, definition: WorkflowDefinition, at: number): void {
  ownGraph(draft);
  const gone = new Set(draft.definition.tasks.map(({ id }) => id));
  const ranks = ranksOf(definition.tasks);
  draft.definition = definition;
  for (const [position, next] of definition.tasks.entries()) {
    const rank = ranks[position] ?? 0;
    gone.delete(next.id);
    const index = draft.indexOf.get(next.id);
    if (index === undefined) {
      draft.indexOf.set(next.id, draft.tasks.length);
      draft.dependents.push([]);
      draft.tasks.push({ definition: next, status: 'waiting', since: at, attempt: 0, waitingFor: 0, rank });
    } else {
      replace(draft, index, next, at);
      change(draft, index, { rank });
    }
  }
  for (const id of gone) {
    const index = draft.indexOf.get(id);
    if (index !== undefined && !isOver(taskAt(draft, index))) remove(draft, index, at);
  }
}

function replace(draft: Draft, index: TaskIndex, next: TaskDefinition, at: number): void {
  const task = taskAt(draft, index);
  if (task.removed) draft.tasks[index] = anew(task, next, at);
  else if (isSame(task.definition, next)) return;
  else if (isOver(task)) redefine(draft, index, next);
  else if (task.children) replaceItems(draft, index, task.children, next, at);
  else beginAnew(draft, index, next, at);
}

function replaceItems(
  draft: Draft,
  index: TaskIndex,
  children: NonNullable<TaskState['children']>,
  next: TaskDefinition,
  at: number,
): void {
  redefine(draft, index, next);
  for (const child of rangeOf(children)) {
    if (!isOver(taskAt(draft, child))) beginAnew(draft, child, childDefinition(next, child - children.first), at);
  }
}

function remove(draft: Draft, index: TaskIndex, at: number): void {
  forgetGates(draft, index, at);
  voidOwn(draft, index, at);
  leaveReady(draft, [index]);
  endTask(draft, index, { status: 'cancelled' }, at);
  const { dependsOn: _on, group: _group, ...definition } = taskAt(draft, index).definition;
  change(draft, index, { definition, removed: true });
}
