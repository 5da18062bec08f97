import type { FlowState } from './flow-state.ts';
import type { RunState } from './state.ts';

type Derived = 'indexOf' | 'inFlight' | 'dependents';
type Stored = Omit<RunState, Derived | 'received' | 'rounds' | 'flows'> & {
  readonly flows: readonly FlowState[];
  readonly received: readonly string[];
  readonly rounds: ReadonlyArray<readonly [type: string, dispatches: number]>;
};

/** The state as plain JSON; what can be derived from the tasks is left out. */
export function snapshotState(state: RunState): unknown {
  const { indexOf: _indexOf, inFlight: _inFlight, dependents: _dependents, received, rounds, flows, ...stored } = state;
  return { ...stored, received: [...received], rounds: [...rounds], flows: [...flows.values()] } satisfies Stored;
}

/** The opposite of {@link snapshotState}. */
export function restoreState(snapshot: unknown): RunState {
  const { received, rounds, flows: list, ...stored } = snapshot as Stored;
  const flows = new Map(list.map((flow) => [flow.gate.flow_id, flow]));
  const indexOf = new Map(stored.tasks.map((task, index) => [task.definition.id, index]));
  const dependents: number[][] = stored.tasks.map(() => []);
  const inFlight = new Map<string, number>();
  stored.tasks.forEach((task, index) => {
    for (const id of new Set(task.definition.dependsOn)) {
      const dependency = indexOf.get(id);
      if (dependency !== undefined) dependents[dependency]?.push(index);
    }
    if (task.status === 'dispatched' && task.agent) inFlight.set(task.agent, (inFlight.get(task.agent) ?? 0) + 1);
  });
  return { ...stored, flows, indexOf, dependents, inFlight, received: new Set(received), rounds: new Map(rounds) };
}
