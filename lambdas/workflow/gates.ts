import type { Gate } from '../contracts/flow-control.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { freeOf } from './flow-state.ts';
import { firstInLine, lacksPermit, nextGate } from './permits.ts';
import { taskAt } from './state.ts';
import type { Turn } from './turn.ts';

type GatesSet = Extract<RunEvent, { type: 'gates_set' }>;

/** Ready tasks of one turn that stop at a gate, gathered so that those which go the same way share an event. */
export interface Stops {
  /** Its gates are known now; it waits for a permit of the first. */
  set(index: TaskIndex, gates: readonly Gate[]): void;
  /** It waits for a permit of its next gate. */
  ask(index: TaskIndex): void;
  count(): number;
  emit(): void;
}

export function stopsOf({ draft, emit }: Turn): Stops {
  const sets = new Map<string, GatesSet>();
  let asking: TaskIndex[] = [];
  let count = 0;
  const ask = (index: TaskIndex): void => {
    asking.push(index);
    count += 1;
  };
  return {
    count: () => count,
    ask,
    set(index, gates) {
      const key = gates.map(({ flow_id }) => flow_id).join(' ');
      const group = sets.get(key);
      if (group) group.tasks.push(index);
      else sets.set(key, { type: 'gates_set', tasks: [index], gates: [...gates] });
      ask(index);
    },
    emit() {
      // Meanwhile another task may have ended the run.
      const isReady = (index: TaskIndex): boolean => taskAt(draft, index).status === 'ready';
      for (const event of sets.values()) {
        const tasks = event.tasks.filter(isReady);
        if (tasks.length > 0) emit({ ...event, tasks });
      }
      sets.clear();
      const still = asking.filter((index) => isReady(index) && lacksPermit(taskAt(draft, index)));
      asking = [];
      for (const [flow, tasks] of Map.groupBy(still, (index) => nextGate(taskAt(draft, index)))) {
        emit({ type: 'permits_asked', flow, tasks });
      }
    },
  };
}

/** Permits that are there are taken, by those who come first in line. */
export function takeFree({ draft, emit }: Turn, id: string): void {
  const flow = draft.flows.get(id);
  if (!flow) return;
  const tasks = firstInLine(draft, id, Math.min(flow.waiting, freeOf(flow)));
  if (tasks.length > 0) emit({ type: 'permits_taken', flow: id, tasks });
}
