import type { Json } from '../../lambdas/contracts/json.ts';
import type { Moment } from '../../lambdas/views/moments.ts';
import { isSameFor, type RunDiff, type TaskDiff } from '../../lambdas/views/run-diff.ts';
import { paint, seconds, table } from './text.ts';

const WIDEST = 60;
const MOST_PARTS = 12;

/** Two runs side by side, for a person. */
export function diffText(diff: RunDiff): string {
  const [first, second] = diff.runs;
  const isSame = (a: Json, b: Json): boolean => isSameFor(diff.runs, a, b);
  const lines = [
    `${paint.bold('1')} ${first}  ${diff.workflow[0]} ${diff.status[0]}`,
    `${paint.bold('2')} ${second}  ${diff.workflow[1]} ${diff.status[1]}`,
  ];
  if (diff.forked_at !== undefined) lines.push(paint.dim(`one is a fork of the other, after entry ${diff.forked_at}`));
  if (diff.input) lines.push('', ...change('input', diff.input, isSame));
  lines.push('', table(['task', '', 'status', 'agent', 'attempts', 'took'], diff.tasks.map(row)));
  for (const task of diff.tasks) {
    const details = (['input', 'result', 'error'] as const).flatMap((field) => {
      const pair = task[field];
      return pair ? change(field, pair, isSame) : [];
    });
    if (details.length > 0 && task.differs[0] !== 'existence') lines.push('', paint.bold(task.task), ...details);
  }
  const [a, b] = diff.first_difference;
  if (a || b) lines.push('', paint.bold('first difference'), `  1 ${momentText(a)}`, `  2 ${momentText(b)}`);
  lines.push('', diff.same ? paint.green('the same but for times') : paint.yellow(summary(diff)));
  return lines.join('\n');
}

function row({ task, differs, status, agent, attempts, duration_ms }: TaskDiff): string[] {
  const mark = differs.length === 0 ? paint.dim('=') : paint.yellow('≠');
  const both = (pair: readonly [unknown, unknown]): string =>
    pair[0] === pair[1] ? String(pair[0] ?? '') : `${pair[0] ?? '–'} → ${pair[1] ?? '–'}`;
  const [one, other] = duration_ms.map((ms) => (ms === null ? '–' : seconds(ms)));
  return [
    task,
    mark,
    both(status),
    both(agent),
    both(attempts),
    one === other && one === '–' ? '' : `${one} → ${other}`,
  ];
}

/** Of large values only the parts that differ. */
function change(field: string, [one, other]: readonly [Json, Json], isSame: (a: Json, b: Json) => boolean): string[] {
  const parts = partsThatDiffer(field, one, other, isSame);
  const more = parts.length > MOST_PARTS ? [`  … and ${parts.length - MOST_PARTS} more; see --json`] : [];
  const lines = parts.slice(0, MOST_PARTS).flatMap(({ path, pair }) => {
    return [
      `  ${path}`,
      ...pair.map((value, at) => `    ${at + 1} ${value === undefined ? paint.dim('–') : short(value)}`),
    ];
  });
  return [...lines, ...more];
}

interface Part {
  readonly path: string;
  readonly pair: readonly [Json | undefined, Json | undefined];
}

function partsThatDiffer(
  path: string,
  one: Json | undefined,
  other: Json | undefined,
  isSame: (a: Json, b: Json) => boolean,
): Part[] {
  if (one !== undefined && other !== undefined && isSame(one, other)) return [];
  const [a, b] = [fieldsOf(one), fieldsOf(other)];
  if (!a || !b || Array.isArray(one) !== Array.isArray(other)) return [{ path, pair: [one, other] }];
  if (Array.isArray(one) && a.size !== b.size) return [{ path, pair: [one, other] }];
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return names.flatMap((name) => partsThatDiffer(`${path}.${name}`, a.get(name), b.get(name), isSame));
}

function fieldsOf(value: Json | undefined): Map<string, Json> | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}

function short(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 4 * WIDEST ? text : `${text.slice(0, 4 * WIDEST)}… (${text.length} characters; see --json)`;
}

function momentText(moment: Moment | null): string {
  if (!moment) return paint.dim('nothing that the other has not');
  const { entry, what, task, details } = moment;
  const about = details === null ? '' : `: ${short(details)}`;
  return `entry ${entry}: ${what.replaceAll('_', ' ')}${task === undefined ? '' : ` ${task}`}${about}`;
}

function summary({ tasks, status }: RunDiff): string {
  const different = tasks.filter(({ differs }) => differs.length > 0).length;
  const ends = status[0] === status[1] ? '' : `; the first is ${status[0]}, the second ${status[1]}`;
  return `${different} of ${tasks.length} tasks differ${ends}`;
}
