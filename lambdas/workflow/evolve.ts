import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import type { Document, RunEvent, TaskIndex } from './events.ts';
import type { RunState, TaskState } from './state.ts';

/** A run being folded: the same shape, owned by one turn and written in place, so that a turn copies each list once. */
export type Draft = {
  -readonly [K in keyof RunState]: RunState[K];
} & {
  tasks: TaskState[];
  ready: TaskIndex[];
  indexOf: Map<string, TaskIndex>;
  dependents: TaskIndex[][];
  inFlight: Map<string, number>;
};

/** A private copy to write in; `state` stays as it is. Inner lists of dependents are copied when they grow. */
export function draftOf(state: RunState): Draft {
  return {
    ...state,
    tasks: state.tasks.slice(),
    ready: state.ready.slice(),
    indexOf: state.indexOf as Map<string, TaskIndex>,
    dependents: state.dependents as TaskIndex[][],
    inFlight: new Map(state.inFlight),
  };
}

/** The state after `events`. Pure: the same state and events always give the same result. */
export function evolve(state: RunState, events: readonly RunEvent[], at: number): RunState {
  const draft = draftOf(state);
  for (const event of events) apply(draft, event, at);
  return draft;
}

/** Folds one event into a draft. The journal is trusted: what it says has happened. */
export function apply(draft: Draft, event: RunEvent, at: number): void {
  switch (event.type) {
    case 'run_started':
      draft.phase = 'running';
      draft.request = event.request;
      draft.definition = opened(event.definition);
      draft.input = opened(event.input);
      draft.deadline = event.deadline;
      draft.startedAt = at;
      if (event.taskToken !== undefined) draft.taskToken = event.taskToken;
      addTasks(draft, draft.definition.tasks);
      return;
    case 'token_replaced':
      draft.taskToken = event.taskToken;
      return;
    case 'tasks_added':
      addTasks(draft, opened(event.tasks));
      return;
    case 'tasks_dispatched': {
      const sent = new Set(event.tasks);
      draft.ready = sent.size === draft.ready.length ? [] : draft.ready.filter((index) => !sent.has(index));
      for (const index of event.tasks) {
        const { agent, attempt, why, notAfter } = event;
        change(draft, index, { status: 'dispatched', agent, attempt, why, due: notAfter });
      }
      addInFlight(draft, event.agent, event.tasks.length);
      return;
    }
    case 'tasks_completed':
      for (const [index, attempt, durationMs, result] of event.done) {
        leaveAgent(draft, index);
        change(draft, index, { status: 'completed', attempt, durationMs, result });
        draft.open -= 1;
        for (const dependent of draft.dependents[index] ?? []) oneLess(draft, dependent);
      }
      return;
    case 'attempt_failed':
      leaveAgent(draft, event.task);
      change(draft, event.task, { status: 'backoff', error: event.error });
      return;
    case 'retry_scheduled':
      change(draft, event.task, { status: 'backoff', due: event.at });
      return;
    case 'retry_due':
      for (const index of event.tasks) change(draft, index, { status: 'ready' });
      draft.ready.push(...event.tasks);
      return;
    case 'task_failed':
      if (taskAt(draft, event.task).status === 'ready')
        draft.ready = draft.ready.filter((index) => index !== event.task);
      change(draft, event.task, { status: 'failed', error: event.error });
      draft.open -= 1;
      return;
    case 'timer_armed':
      draft.timer = event.at;
      return;
    case 'timer_fired':
      delete draft.timer;
      return;
    case 'message_refused':
      return;
    case 'cancel_requested':
      draft.cancelReason = event.reason;
      return;
    case 'run_completed':
      end(draft, 'completed', at);
      return;
    case 'run_failed':
      if (event.task !== undefined) draft.failedTask = event.task;
      draft.error = event.error;
      end(draft, 'failed', at);
      return;
    case 'run_cancelled':
      draft.cancelReason = event.reason;
      end(draft, 'cancelled', at);
      return;
    default:
      throw new UnknownEvent(event);
  }
}

/** An entry written by a newer engine: the run is left alone until that engine is back. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
  constructor(event: never) {
    super(`the journal holds an event that this engine does not know: ${JSON.stringify(event).slice(0, 200)}`);
  }
}

export function taskAt(state: RunState, index: TaskIndex): TaskState {
  const task = state.tasks[index];
  if (!task) throw new Error(`run ${state.runId} has no task number ${index}: its journal is damaged`);
  return task;
}

/** The value of a document that has been fetched. */
export function opened<T>(document: Document<T>): T {
  if ('value' in document) return document.value;
  throw new Error(`the document ${document.ref.key} must be fetched before it is folded`);
}

function change(draft: Draft, index: TaskIndex, fields: Partial<TaskState>): void {
  draft.tasks[index] = { ...taskAt(draft, index), ...fields };
}

function end(draft: Draft, phase: RunState['phase'], at: number): void {
  draft.phase = phase;
  draft.endedAt = at;
  draft.ready = [];
  delete draft.timer;
}

function addTasks(draft: Draft, definitions: readonly TaskDefinition[]): void {
  draft.indexOf = new Map(draft.indexOf);
  draft.dependents = draft.dependents.map((list) => list.slice());
  const first = draft.tasks.length;
  definitions.forEach((definition, offset) => {
    draft.indexOf.set(definition.id, first + offset);
    draft.dependents.push([]);
  });
  definitions.forEach((definition, offset) => {
    const index = first + offset;
    let waitingFor = 0;
    for (const id of new Set(definition.dependsOn)) {
      const dependency = draft.indexOf.get(id);
      if (dependency === undefined)
        throw new Error(`task ${definition.id} depends on ${id}, which its run does not have`);
      draft.dependents[dependency]?.push(index);
      if (draft.tasks[dependency]?.status !== 'completed') waitingFor += 1;
    }
    const status = waitingFor === 0 ? 'ready' : 'waiting';
    draft.tasks.push({ definition, status, attempt: 0, waitingFor });
    if (status === 'ready') draft.ready.push(index);
  });
  draft.open += definitions.length;
}

function oneLess(draft: Draft, index: TaskIndex): void {
  const task = taskAt(draft, index);
  const waitingFor = task.waitingFor - 1;
  const ready = waitingFor === 0 && task.status === 'waiting';
  draft.tasks[index] = { ...task, waitingFor, status: ready ? 'ready' : task.status };
  if (ready) draft.ready.push(index);
}

function leaveAgent(draft: Draft, index: TaskIndex): void {
  const { agent, status } = taskAt(draft, index);
  if (agent !== undefined && status === 'dispatched') addInFlight(draft, agent, -1);
}

function addInFlight(draft: Draft, agent: string, count: number): void {
  draft.inFlight.set(agent, (draft.inFlight.get(agent) ?? 0) + count);
}
