import type { ResultValue } from '../contracts/blob.ts';
import { DEFAULTS } from '../contracts/limits.ts';
import { laneOf } from '../contracts/priority.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { urgencyOf } from './line.ts';
import type { Choice } from './select.ts';
import { taskAt } from './state.ts';
import type { Turn } from './turn.ts';

type Dispatched = Extract<RunEvent, { type: 'tasks_dispatched' }>;
type Chosen = Extract<Choice, { why: string }>;

type Held = Extract<RunEvent, { type: 'tasks_held' }>;
type Completed = Extract<RunEvent, { type: 'tasks_completed' }>;

/** What happens to the ready tasks of one turn, gathered so that those which go the same way share an event. */
export interface Dispatches {
  /** Dispatched tasks by agent, those that are only gathered yet included. */
  readonly inFlight: ReadonlyMap<string, number>;
  /** How often tasks of this type were gathered. */
  gathered(type: string): number;
  add(index: TaskIndex, type: string, choice: Chosen): void;
  /** No agent can have it now. */
  hold(index: TaskIndex, reason: string, until: number): void;
  /** The coordinator has done it itself; `recorded`: what another run's work had answered. */
  complete(index: TaskIndex, result: ResultValue, recorded?: true): void;
  emit(): void;
  count(): number;
}

export function dispatchesOf({ draft, emit, context }: Turn): Dispatches {
  const groups = new Map<string, Dispatched>();
  const inFlight = new Map(draft.inFlight);
  const types = new Map<string, number>();
  const held = new Map<string, Held>();
  let done: Completed['done'] = [];
  let answered: Completed['done'] = [];
  let count = 0;
  return {
    inFlight,
    gathered: (type) => types.get(type) ?? 0,
    count: () => count,
    add(index, type, { agent: { name: agent }, why, probe }) {
      count += 1;
      types.set(type, (types.get(type) ?? 0) + 1);
      inFlight.set(agent, (inFlight.get(agent) ?? 0) + 1);
      const task = taskAt(draft, index);
      const lane = laneOf(urgencyOf(draft, task));
      const timeoutMs = (task.definition.timeoutSeconds ?? DEFAULTS.ttlSeconds) * 1_000;
      const notAfter = Math.min(context.now + timeoutMs, draft.deadline);
      const attempt = task.attempt + 1;
      const key = `${agent} ${lane} ${attempt} ${notAfter} ${probe ?? ''} ${why}`;
      const group = groups.get(key);
      if (group) group.tasks.push(index);
      else {
        const probing = probe && { probe };
        groups.set(key, { type: 'tasks_dispatched', agent, lane, attempt, notAfter, tasks: [index], why, ...probing });
      }
    },
    hold(index, reason, until) {
      const key = `${until} ${reason}`;
      const group = held.get(key);
      if (group) group.tasks.push(index);
      else held.set(key, { type: 'tasks_held', tasks: [index], reason, until });
    },
    complete(index, result, recorded) {
      (recorded ? answered : done).push([index, taskAt(draft, index).attempt + 1, 0, result]);
    },
    emit() {
      // Meanwhile another task may have ended the run.
      const isReady = (index: TaskIndex): boolean => taskAt(draft, index).status === 'ready';
      for (const event of [...groups.values(), ...held.values()]) {
        const tasks = event.tasks.filter(isReady);
        if (tasks.length > 0) emit({ ...event, tasks });
      }
      groups.clear();
      held.clear();
      const still = done.filter(([index]) => isReady(index));
      if (still.length > 0) emit({ type: 'tasks_completed', done: still });
      done = [];
      const known = answered.filter(([index]) => isReady(index));
      if (known.length > 0) emit({ type: 'tasks_completed', recorded: true, done: known });
      answered = [];
    },
  };
}
