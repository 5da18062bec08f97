import { TASK_KINDS, type TaskDefinition, type TaskKind } from '../contracts/workflow-definition.ts';
import { checkBudget } from './check-budget.ts';
import { fault } from './check-fault.ts';
import { checkLimits } from './check-limits.ts';
import { checkSleep } from './sleep.ts';

/** A week: an agent that works longer should report, and let another task go on. */
const MAX_WORK_SECONDS = 604_800;

/** Its fallback may hand a task to an agent, whatever kind it is itself. */
const hasAgent = ({ type, fallback }: TaskDefinition): boolean => type !== undefined || fallback?.type !== undefined;

/** Fields that mean something in some tasks only: which, in words and as a test. */
const PLACES: ReadonlyArray<{
  readonly fields: ReadonlyArray<keyof TaskDefinition>;
  readonly where: string;
  readonly fits: (task: TaskDefinition, kind: TaskKind) => boolean;
}> = [
  {
    fields: ['input', 'undo'],
    where: 'tasks with "type" or "workflow"',
    fits: (_, kind) => kind === 'type' || kind === 'workflow',
  },
  { fields: ['agent'], where: 'tasks with "type"', fits: (_, kind) => kind === 'type' },
  { fields: ['select', 'near'], where: 'tasks that an agent works on', fits: hasAgent },
  {
    fields: ['retry', 'budget'],
    where: 'tasks that an agent or a sub-workflow works on',
    fits: (task, kind) => kind === 'workflow' || hasAgent(task),
  },
  { fields: ['limits'], where: 'tasks that agents do ("type")', fits: (_, kind) => kind === 'type' },
  { fields: ['forEach'], where: 'tasks of other kinds', fits: (_, kind) => kind !== 'consensus' },
  {
    fields: ['timeoutSeconds'],
    where: 'tasks that somebody else works on or answers',
    fits: (task, kind) => kind !== 'sleep' || hasAgent(task),
  },
];

/**
 * Each task is of exactly one kind, and says nothing that its kind has no use for.
 * @throws DataError `task_kind`, `misplaced_field`, `timeout_too_long`, `invalid_sleep`, `invalid_budget`,
 * `invalid_fallback`, `duplicate_option`, `unnamed_limits`
 */
export function checkKinds(tasks: readonly TaskDefinition[]): void {
  for (const [index, task] of tasks.entries()) {
    const kind = checkKind(index, task);
    for (const { fields, where, fits } of PLACES) {
      const field = fields.find((name) => task[name] !== undefined);
      if (field === undefined || fits(task, kind)) continue;
      const reason = `task "${task.id}" has "${field}", which means nothing beside "${kind}": it is for ${where}`;
      throw fault('misplaced_field', `tasks.${index}.${field}`, reason);
    }
    checkTimeout(index, task, kind);
    checkSleep(index, task);
    checkBudget(`task "${task.id}"`, `tasks.${index}.budget`, task.budget);
    checkFallback(index, task);
    checkOptions(index, task);
    checkLimits(`task "${task.id}"`, `tasks.${index}`, task.limits);
  }
}

function checkKind(index: number, task: TaskDefinition): TaskKind {
  const [kind, second] = TASK_KINDS.filter((field) => task[field] !== undefined);
  if (kind === undefined) {
    const reason = `task "${task.id}" says nothing to do: give it one of ${TASK_KINDS.join(', ')}`;
    throw fault('task_kind', `tasks.${index}`, reason);
  }
  if (second !== undefined) {
    const reason = `task "${task.id}" has "${kind}" and "${second}": it can be only one of ${TASK_KINDS.join(', ')}`;
    throw fault('task_kind', `tasks.${index}.${second}`, reason);
  }
  return kind;
}

function checkTimeout(index: number, { id, timeoutSeconds = 0 }: TaskDefinition, kind: TaskKind): void {
  const waits = kind === 'waitFor' || kind === 'ask' || kind === 'workflow';
  if (waits || timeoutSeconds <= MAX_WORK_SECONDS) return;
  const reason = `task "${id}" may take ${MAX_WORK_SECONDS} seconds at most; only waitFor, ask and workflow tasks may take longer`;
  throw fault('timeout_too_long', `tasks.${index}.timeoutSeconds`, reason);
}

function checkFallback(index: number, { id, fallback }: TaskDefinition): void {
  if (!fallback) return;
  const field = `tasks.${index}.fallback`;
  const ways = (['type', 'value', 'cachedSeconds'] as const).filter((way) => fallback[way] !== undefined);
  if (ways.length !== 1) {
    const found = ways.length === 0 ? 'none of them' : ways.join(' and ');
    const reason = `the fallback of task "${id}" needs exactly one of type, value, cachedSeconds; it has ${found}`;
    throw fault('invalid_fallback', ways[1] === undefined ? field : `${field}.${ways[1]}`, reason);
  }
  if (fallback.input !== undefined && fallback.type === undefined) {
    throw fault(
      'invalid_fallback',
      `${field}.input`,
      `the fallback of task "${id}" has an input, but no type to give it to`,
    );
  }
}

function checkOptions(index: number, { id, ask }: TaskDefinition): void {
  const options = ask?.options ?? [];
  const position = options.findIndex((option, place) => options.indexOf(option) < place);
  if (position < 0) return;
  const reason = `task "${id}" offers "${options[position]}" twice; options are told apart by their text`;
  throw fault('duplicate_option', `tasks.${index}.ask.options.${position}`, reason);
}
