import type { Gate } from '../../../lambdas/contracts/flow-control.ts';
import type { RunEvent, TaskIndex } from '../../../lambdas/workflow/events.ts';
import type { PlayedHistory, PlayedRun } from '../played.ts';

/** Who is at work in a flow: tasks from dispatch to report, runs from getting in to their end. */
type AtWork = Map<string, Set<string>>;

/** What one run's tasks have to pass, and what they have passed. */
interface Pass {
  readonly gates: Map<TaskIndex, readonly string[]>;
  readonly taken: Map<TaskIndex, Set<string>>;
  readonly granted: Map<string, number>;
  readonly used: Map<string, number>;
  readonly fallsBack: Set<TaskIndex>;
}

/**
 * At no moment is more at work than a limit allows. Goes over all journals in the order in which their entries were
 * committed, so that no clock matters.
 * @param gates the flows, without those whose claims ran out
 */
export function checkPermits(
  { notes }: PlayedHistory,
  runs: readonly PlayedRun[],
  gates: ReadonlyMap<string, Gate>,
): string[] {
  if (gates.size === 0) return [];
  const byId = new Map(runs.map((run) => [run.view.runId, run]));
  const passes = new Map<string, Pass>();
  const atWork: AtWork = new Map();
  const faults: string[] = [];
  for (const { id, seq } of notes.commits) {
    const run = byId.get(id);
    const entry = run?.entries[seq - 1];
    if (!run || !entry) continue;
    const pass = passes.get(id) ?? passOf();
    passes.set(id, pass);
    for (const event of entry.events) faults.push(...follow(run, pass, event, atWork));
    for (const [flow, working] of atWork) {
      const rule = gates.get(flow)?.rule;
      const most =
        rule?.kind === 'concurrency' ? rule.limit : rule?.kind === 'singleton' ? 1 : Number.POSITIVE_INFINITY;
      if (working.size > most) faults.push(`B: ${[...working].join(', ')} are at work at once, ${most} may be`);
    }
  }
  return faults;
}

const passOf = (): Pass => ({
  gates: new Map(),
  taken: new Map(),
  granted: new Map(),
  used: new Map(),
  fallsBack: new Set(),
});

function follow({ view }: PlayedRun, pass: Pass, event: RunEvent, atWork: AtWork): string[] {
  const faults: string[] = [];
  const { gates, taken, granted, used, fallsBack } = pass;
  const begin = (flow: string, who: string): void => {
    const working = atWork.get(flow) ?? new Set();
    atWork.set(flow, working.add(who));
  };
  const use = (flow: string): void => {
    const count = (used.get(flow) ?? 0) + 1;
    used.set(flow, count);
    const most = granted.get(flow) ?? 0;
    if (count > most) faults.push(`M: ${view.runId} uses ${count} permits of ${flow}, ${most} were granted`);
  };
  const nameOf = (index: TaskIndex): string => `${view.runId}/${view.tasks[index]?.id}`;
  const stop = (index: TaskIndex): void => {
    for (const flow of gates.get(index) ?? []) atWork.get(flow)?.delete(nameOf(index));
    // With a forEach end all that it has made.
    const made = new Set(view.tasks[index]?.children);
    for (const [child, { id }] of view.tasks.entries()) if (made.has(id)) stop(child);
  };
  switch (event.type) {
    case 'gates_set':
      for (const index of event.tasks)
        gates.set(
          index,
          event.gates.map(({ flow_id }) => flow_id),
        );
      break;
    case 'permits_granted':
      granted.set(event.flow, event.granted);
      break;
    case 'permits_taken':
      for (const index of event.tasks) {
        use(event.flow);
        taken.set(index, (taken.get(index) ?? new Set()).add(event.flow));
      }
      break;
    case 'gate_passed':
      use(event.flow);
      begin(event.flow, view.runId);
      break;
    case 'fallback_chosen':
      fallsBack.add(event.task);
      stop(event.task);
      break;
    case 'tasks_dispatched':
      for (const index of event.tasks) {
        const { definition, undoOf } = view.tasks[index] ?? {};
        if (!definition?.limits || undoOf !== undefined || fallsBack.has(index)) continue;
        const all = gates.get(index) ?? [];
        const missing = all.find((flow) => !taken.get(index)?.has(flow));
        if (all.length === 0 || missing !== undefined)
          faults.push(`B: ${nameOf(index)} was dispatched without a permit of ${missing ?? 'any of its limits'}`);
        for (const flow of all) begin(flow, nameOf(index));
      }
      break;
    case 'tasks_completed':
      for (const [index] of event.done) stop(index);
      break;
    case 'attempt_failed':
    case 'task_failed':
    case 'task_suspended':
    case 'tasks_delegated':
      stop(event.task);
      // It asks anew for what is held; what was used up may count for an attempt that was only put off.
      break;
    case 'run_reopened':
      fallsBack.clear();
      break;
    case 'run_completed':
    case 'run_failed':
    case 'run_cancelled':
      for (const working of atWork.values()) {
        for (const who of working) if (who === view.runId || who.startsWith(`${view.runId}/`)) working.delete(who);
      }
      break;
    default:
      break;
  }
  return faults;
}
