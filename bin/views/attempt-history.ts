import type { AttemptView } from '../../lambdas/views/run-fold.ts';
import type { RunView, TaskView } from '../../lambdas/views/run-view.ts';
import { nameBelow, rowsOf } from './own-tasks.ts';
import { remark } from './task-words.ts';
import { paint, seconds, timeOf } from './text.ts';
import { usageText } from './usage-words.ts';

/** How an attempt ended, in words. */
function outcomeOf({ outcome, at, endedAt, error }: AttemptView, isOver: boolean): string {
  const took = endedAt === undefined ? '' : ` after ${seconds(endedAt - at)}`;
  const why = error ? `: ${error.code}: ${error.message}` : '';
  switch (outcome) {
    case 'completed':
      return paint.green(`completed${took}`);
    case 'delegated':
      return paint.dim(`went to wait for what it had delegated${took}`);
    case 'failed':
      return paint.red(`failed${took} (${error?.class ?? 'unknown'})${why}`);
    case 'silent':
      return paint.yellow(`no answer${took}${why}`);
    case 'rerouted':
      return paint.yellow(`moved to another agent${took}${why}`);
    default:
      return isOver ? paint.dim('no longer awaited') : paint.cyan('under way');
  }
}

/** Each attempt at a task: which agent, why that one, how it ended; and what was decided in between, in order of time. */
export function attemptHistory(task: TaskView, now: number, indent = ''): string {
  const attempts = task.attempts.map((one) => {
    const who = `${one.attempt}. ${one.agent ?? 'the platform'}${one.probe ? ' (probe of its breaker)' : ''}`;
    const lines = [
      `${who}: ${outcomeOf(one, task.endedAt !== undefined)}`,
      ...(one.why ? [paint.dim(`   chosen: ${one.why}`)] : []),
    ];
    return { at: one.at, lines };
  });
  const turns = task.turns.map(({ at, what }) => ({ at, lines: [what] }));
  // What was decided at the same moment led to the attempt.
  const all = [...turns, ...attempts].sort((a, b) => a.at - b.at);
  return all
    .flatMap(({ at, lines }) =>
      lines.map((line, index) => `${indent}    ${index === 0 ? paint.dim(timeOf(at, now)) : '        '} ${line}`),
    )
    .join('\n');
}

/** What a task was to work on that did not work. */
function inputLine({ status, input, on }: TaskView): string[] {
  const stuck = status === 'failed' || status === 'retrying' || (on?.for === 'decision' && on.error);
  return stuck && input !== undefined ? [`    ${paint.dim('input:')}   ${JSON.stringify(input).slice(0, 2_000)}`] : [];
}

/** Why each agent was chosen and what became of it, for every task that anybody has tried. */
export function whyOf(view: RunView, now: number, all = false): string {
  return rowsOf(view, { items: true, all: true })
    .filter(({ task }) => all || task.parent === undefined || task.status === 'failed' || task.status === 'retrying')
    .filter(({ task }) => task.owner !== undefined || task.attempts.length > 0 || task.turns.length > 0)
    .map(({ task, indent }) => {
      const head = `${'  '.repeat(indent + 1)}${paint.bold(nameBelow(task))} ${paint.dim(task.type)} ${task.status}`;
      const what = task.owner === undefined || task.status === 'completed' ? '' : ` ${remark(task, now)}`;
      const used = task.usage ? `  ${paint.dim(usageText(task.usage))}` : '';
      const history = attemptHistory(task, now, '  '.repeat(indent));
      return [head + what + used, ...(history ? [history] : []), ...inputLine(task)].join('\n');
    })
    .join('\n');
}
