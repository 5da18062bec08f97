import type { ErrorReport } from '../../lambdas/contracts/errors.ts';
import type { Gate } from '../../lambdas/contracts/flow-control.ts';
import { gateName } from '../../lambdas/views/gate-words.ts';
import { countTasks, type TaskView } from '../../lambdas/views/run-view.ts';
import type { Suspension } from '../../lambdas/workflow/events.ts';
import { clockTime, paint, seconds } from './text.ts';

/** What a suspended task waits for, in words. @param gate for a permit: of what */
export function waitsFor(on: Suspension, until: number | undefined, now: number, gate?: Gate): string {
  const end = until === undefined ? '' : ` until ${clockTime(until, now)}`;
  switch (on.for) {
    case 'event':
      return `waits for event ${on.event}${on.key === undefined ? '' : ` (key ${on.key})`}${end}`;
    case 'decision':
      return `waits for ${on.to ?? 'a person'}: ${on.question} [${on.options.join(', ')}]${end}`;
    case 'run':
      return `waits for sub-workflow ${on.workflow} ${on.runId.slice(0, 12)}`;
    case 'items':
      return 'waits for its items';
    case 'tasks':
      return 'waits for what it has delegated';
    case 'time':
      return `sleeps${end}`;
    case 'permit':
      return `waits for a permit of ${gate ? gateName(gate) : on.flow}`;
    case 'agent':
      return `no agent now: ${on.reason}${until === undefined ? '' : `, looks again at ${clockTime(until, now)}`}`;
  }
}

const errorText = ({ code, message }: ErrorReport): string => `${code}: ${message}`;

/** The whole of it is told where there is room: at the end of a run's status, or under "why". */
const WIDEST = 120;
const shortened = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 2)} …` : text);

/** How the result of a task stands in for its own. */
const STANDS_IN: Record<NonNullable<TaskView['degraded']>, string> = {
  fallback: 'by its fallback',
  cached: 'an earlier result',
  person: 'answered by a person',
  partial: 'a part of it',
  missing: 'nothing',
};

/** What a task's line says at its end: what it waits for, why this agent, or why not. */
export function remark(task: TaskView, now: number): string {
  switch (task.status) {
    case 'retrying': {
      const again =
        task.nextAttemptAt === undefined ? '' : `, again in ${seconds(Math.max(0, task.nextAttemptAt - now))}`;
      return paint.yellow(`${task.error ? errorText(task.error).slice(0, 160) : 'will be tried again'}${again}`);
    }
    case 'suspended':
      return paint.yellow(task.on ? waitsFor(task.on, task.until, now, task.gate) : '');
    case 'failed': {
      const text = task.error ? shortened(errorText(task.error)) : '';
      return task.tolerated ? paint.yellow(`goes on without it: ${text}`) : paint.red(text);
    }
    case 'waiting':
      return paint.dim(waitingText(task));
    case 'completed':
      return task.degraded ? paint.yellow(`degraded: ${STANDS_IN[task.degraded]}`) : paint.dim(task.why ?? '');
    case 'skipped':
      return paint.dim('skipped');
    case 'cancelled':
      return paint.dim(task.unsure ? 'cancelled; nobody knows how far its agent got' : 'cancelled');
    default:
      return paint.dim(`${task.fallback ? `fallback, after ${task.fallback.code}: ` : ''}${task.why ?? ''}`);
  }
}

function waitingText({ inLineFor, dependsOn }: TaskView): string {
  if (inLineFor !== undefined) return `waits for room in ${inLineFor}`;
  if (dependsOn.length === 0) return '';
  const more = dependsOn.length > 4 ? ` and ${dependsOn.length - 4} more` : '';
  return `after ${dependsOn.slice(0, 4).join(', ')}${more}`;
}

/** Tasks in a few words: "3 running, 12 completed, 1 failed". */
export function countsText(tasks: readonly TaskView[]): string {
  const counts = Object.entries(countTasks(tasks)).flatMap(([status, count]) =>
    count > 0 ? [`${count} ${status}`] : [],
  );
  return counts.length === 0 ? 'none' : counts.join(', ');
}
