import type { TaskIndex } from './events.ts';
import type { FlowDraft, FlowState } from './flow-state.ts';
import { type GroupState, type RunState, type TaskState, taskAt } from './state.ts';

/** A group being folded. */
export type GroupDraft = { -readonly [K in keyof Omit<GroupState, Lists>]: GroupState[K] } & Record<Lists, TaskIndex[]>;
type Lists = 'members' | 'line' | 'dependents';

/** A run being folded: the same shape, owned by one turn and written in place, so that a turn copies each list once. */
export type Draft = {
  -readonly [K in keyof Omit<RunState, 'groups'>]: RunState[K];
} & {
  tasks: TaskState[];
  ready: TaskIndex[];
  gathered: TaskIndex[];
  indexOf: Map<string, TaskIndex>;
  dependents: TaskIndex[][];
  groups: Record<string, GroupDraft>;
  rounds: Map<string, number>;
  inFlight: Map<string, number>;
  mailbox: RunState['mailbox'][number][];
  flows: Map<string, FlowState>;
  /** Flows that have been copied and may be written in place; none: `flows` is the state's own. */
  ownFlows?: Map<string, FlowDraft>;
};

/** Drafts whose lists that only grow with new tasks (ids, dependents, members of groups) are their own to write in. */
const ownsGraph = new WeakSet<Draft>();

/** A private copy to write in; `state` stays as it is. What grows only when tasks are added is copied then. */
export function draftOf(state: RunState): Draft {
  return {
    ...state,
    tasks: state.tasks.slice(),
    ready: state.ready.slice(),
    gathered: state.gathered.slice(),
    indexOf: state.indexOf as Map<string, TaskIndex>,
    dependents: state.dependents as TaskIndex[][],
    groups: Object.fromEntries(
      Object.entries(state.groups).map(([name, group]) => [
        name,
        {
          ...group,
          line: group.line.slice(),
          members: group.members as TaskIndex[],
          dependents: group.dependents as TaskIndex[],
        },
      ]),
    ),
    rounds: new Map(state.rounds),
    inFlight: new Map(state.inFlight),
    mailbox: state.mailbox.slice(),
    flows: state.flows as Map<string, FlowState>,
  };
}

/** The state that a draft has become: nobody writes in it from here on. */
export function sealed(draft: Draft): RunState {
  delete draft.ownFlows;
  return draft;
}

/** Before the first task is added: copies what {@link draftOf} shares with the state. */
export function ownGraph(draft: Draft): void {
  if (ownsGraph.has(draft)) return;
  ownsGraph.add(draft);
  draft.indexOf = new Map(draft.indexOf);
  draft.dependents = draft.dependents.map((list) => list.slice());
  for (const group of Object.values(draft.groups)) {
    group.members = group.members.slice();
    group.dependents = group.dependents.slice();
  }
}

export function change(draft: Draft, index: TaskIndex, fields: Partial<TaskState>): void {
  draft.tasks[index] = { ...taskAt(draft, index), ...fields };
}
