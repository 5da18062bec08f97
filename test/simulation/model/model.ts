import { parentOf, planOfTask } from '../programs/find-plan.ts';
import { hasSpoiledKey } from '../programs/limits.ts';
import { DISTANT_DEADLINE_S, type Program, UNDO_ATTEMPTS } from '../programs/plan.ts';
import type { ModelOptions } from './failing.ts';
import type { Observed } from './fate.ts';
import { createWalk, type Walk } from './walk.ts';

/*
 * What a program must come to, worked out by walking over it once: no queues, no attempts, no time. Where several ends
 * are legal (a person may be asked or not, a fault may use up the silent attempts), the one that was observed is held
 * against all of them, and the walk goes on with it; so most programs have exactly one legal end.
 */

/** What is wrong with how the run ended, if anything. */
export function judge(planned: Program, observed: Observed, options: ModelOptions): string[] {
  const { led, leader } = observed.view;
  // It ends as its leader does, which is held against that one's own journal (check/flows.ts).
  if (leader !== undefined) return [];
  const program = led ? { ...planned, input: { items: [...led.items] } } : planned;
  const walk = createWalk(program, observed, options);
  for (const task of program.tasks) walk.visit(task);
  return [
    ...walk.faults,
    ...judgeTolerance(program, observed),
    ...judgeEnd(program, observed, options, walk),
    ...judgeUndos(program, observed, options),
  ];
}

/** No more of a group's failures were tolerated than it tolerates. */
function judgeTolerance(program: Program, { view }: Observed): string[] {
  return Object.entries(program.groups).flatMap(([name, { tolerate = 0 }]) => {
    const tolerated = view.tasks.filter((task) => {
      const { definition, status, decision } = task;
      const counts = !definition.optional && decision !== 'skip';
      return definition.group === name && status === 'failed' && task.tolerated && counts;
    }).length;
    return tolerated > tolerate ? [`E: group ${name} tolerates ${tolerate} failures, ${tolerated} were`] : [];
  });
}

/** Why the run ended as it did. */
function judgeEnd(program: Program, { view }: Observed, options: ModelOptions, { fatal }: Walk): string[] {
  const { phase, error, failedTask } = view;
  switch (phase) {
    case 'completed':
      return hasSpoiledKey(program) ? ['E: the run got in, though nobody can say at which gate it stands'] : [];
    case 'cancelled': {
      const { isChild, mayBeCancelled } = options;
      const asked = program.cancelAt !== undefined || isChild || mayBeCancelled || program.admission !== undefined;
      return asked ? [] : ['E: the run was cancelled though nobody asked for it'];
    }
    case 'failed': {
      if (error?.code === 'workflow_deadline') {
        const isDistant = program.timeoutSeconds >= DISTANT_DEADLINE_S;
        return isDistant ? ['E: the run passed its deadline, which was far away'] : [];
      }
      if (hasSpoiledKey(program) && failedTask === undefined && error?.class === 'data') return [];
      if (failedTask !== undefined && fatal.has(parentOf(failedTask))) return [];
      const why = `${failedTask ?? 'no task'} (${error?.code}: ${error?.message})`;
      return [`E: the run failed for ${why}, which should not have failed it`];
    }
    default:
      return [`L: the run never ended, it is ${phase}`];
  }
}

function judgeUndos(program: Program, { view }: Observed, { disturbed }: ModelOptions): string[] {
  return view.tasks.flatMap(({ id, undoOf, status }) => {
    if (undoOf === undefined || status === 'cancelled') return [];
    const failures = planOfTask(program, undoOf)?.undo?.failures ?? Number.POSITIVE_INFINITY;
    const works = failures < UNDO_ATTEMPTS;
    const either = disturbed && (status === 'completed' || status === 'failed');
    if (either || status === (works ? 'completed' : 'failed')) return [];
    return [`E: ${id} ${status}, but undoing it ${works ? 'works' : 'fails'}`];
  });
}
