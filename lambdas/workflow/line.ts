import type { PriorityLevel } from '../contracts/priority.ts';
import type { Draft } from './draft.ts';
import type { TaskIndex } from './events.ts';
import { type RunState, type TaskState, taskAt } from './state.ts';

/** The urgency of a task: its own, else the workflow's, else the request's. */
export function urgencyOf(state: Pick<RunState, 'definition' | 'request'>, task: TaskState): PriorityLevel {
  return task.definition.priority ?? state.definition.priority ?? state.request.priority;
}

/** Urgent first, then the longest way to go (the upward rank of HEFT: Topcuoglu, Hariri, Wu 2002), then the oldest. */
function before(draft: Draft, a: TaskIndex, b: TaskIndex): boolean {
  const first = taskAt(draft, a);
  const second = taskAt(draft, b);
  const urgency = urgencyOf(draft, first) - urgencyOf(draft, second);
  return urgency !== 0 ? urgency > 0 : first.rank !== second.rank ? first.rank > second.rank : a < b;
}

/** Of a full group, or of those that wait for a permit. */
interface Line {
  readonly line: TaskIndex[];
}

/** Puts a task into a line: a binary heap. */
export function enterLine(draft: Draft, { line }: Line, index: TaskIndex): void {
  let at = line.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = line[parent];
    if (above === undefined || !before(draft, index, above)) break;
    line[at] = above;
    at = parent;
  }
  line[at] = index;
}

/** Takes the first that is still waiting out of the line. */
export function leaveLine(
  draft: Draft,
  { line }: Line,
  waits: (task: TaskState) => boolean = ({ status }) => status === 'waiting',
): TaskIndex | undefined {
  for (;;) {
    const first = line[0];
    const last = line.pop();
    if (first === undefined || last === undefined) return undefined;
    if (line.length > 0) sink(draft, line, last);
    if (waits(taskAt(draft, first))) return first;
  }
}

function sink(draft: Draft, line: TaskIndex[], index: TaskIndex): void {
  let at = 0;
  for (;;) {
    const left = line[2 * at + 1];
    const right = line[2 * at + 2];
    const next = right !== undefined && left !== undefined && before(draft, right, left) ? right : left;
    if (next === undefined || !before(draft, next, index)) break;
    line[at] = next;
    at = next === left ? 2 * at + 1 : 2 * at + 2;
  }
  line[at] = index;
}
