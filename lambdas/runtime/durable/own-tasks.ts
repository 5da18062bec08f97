import { hash } from 'node:crypto';
import { DataError, issuesOf } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import { TaskDefinition } from '../../contracts/workflow-definition.ts';
import type { Awaited, DelegateOptions, Question } from '../abilities.ts';

/** Tasks that an operation waits for, by the end of their keys: the place comes before. */
export type OwnTasks = ReadonlyArray<{ readonly key: string; readonly task: Omit<TaskDefinition, 'id'> }>;

export const digest = (text: string): string => hash('sha256', text, 'hex').slice(0, 8);

/** A key names what it stands for, so that another question or another type at the same place is not taken for it. */
export function sleepTask(awaited: Exclude<Awaited, { event: string }>): OwnTasks {
  const sleep = 'until' in awaited ? { until: awaited.until.toISOString() } : { seconds: awaited.seconds };
  return [{ key: '-sleep', task: { sleep } }];
}

export function eventTask({ event, key, timeoutSeconds }: Extract<Awaited, { event: string }>): OwnTasks {
  const waitFor = { event, ...(key !== undefined && { key: quoted(key) }) };
  const label = labelOf(key === undefined ? event : `${event} ${key}`);
  return [{ key: `-event-${label}`, task: { waitFor, ...limit(timeoutSeconds) } }];
}

export function askTask(question: Question, timeoutSeconds?: number): OwnTasks {
  const label = digest(JSON.stringify([question.question, question.options ?? null, question.shows ?? null]));
  const { shows } = question;
  const ask = {
    ...question,
    question: quoted(question.question),
    ...(shows !== undefined && { shows: asData(shows) }),
  };
  return [{ key: `-ask-${label}`, task: { ask, ...limit(timeoutSeconds) } }];
}

export function callTask(type: string, input: Json, options: DelegateOptions): OwnTasks {
  return [{ key: `-call-${labelOf(type)}`, task: { ...options, type, input: asData(input) } }];
}

/** Tasks keep their own ids behind the place. */
export function delegatedTasks(tasks: readonly TaskDefinition[]): OwnTasks {
  if (tasks.length === 0) throw new DataError('nothing_delegated', 'delegate at least one task');
  const twice = tasks.find(({ id }, index) => tasks.findIndex((other) => other.id === id) !== index);
  if (twice) throw new DataError('duplicate_task', `two delegated tasks are called ${twice.id}`);
  return tasks.map(({ id, ...task }) => ({ key: `.${id}`, task }));
}

/**
 * Full tasks of a run.
 * @throws DataError `bad_task` with what is wrong with one
 */
export function namedTasks(owner: string, place: string, tasks: OwnTasks): TaskDefinition[] {
  const full = (key: string): string => `${owner}..${place}${key}`;
  return tasks.map(({ key, task }) => {
    const { dependsOn } = task;
    const named = { ...task, id: full(key), ...(dependsOn && { dependsOn: dependsOn.map((id) => full(`.${id}`)) }) };
    const parsed = TaskDefinition.safeParse(named);
    if (!parsed.success) throw new DataError('bad_task', `${full(key)}: ${issuesOf(parsed.error)}`);
    return parsed.data;
  });
}

/** What the coordinator would take for an expression: data that an agent passes on is none, wherever it comes from. */
const EXPRESSION = /^\{%[\s\S]*%\}$/;
const quoted = (text: string): string => (EXPRESSION.test(text) ? `{% ${JSON.stringify(text)} %}` : text);

function asData(value: Json): Json {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asData);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asData(inner)]));
}

const limit = (timeoutSeconds: number | undefined) => (timeoutSeconds === undefined ? {} : { timeoutSeconds });

const LONGEST_LABEL = 40;
/** What may stand in a task's id, told apart by its digest where something had to go. */
function labelOf(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  const same = plain.length <= LONGEST_LABEL && !/[^A-Za-z0-9_.-]/.test(name);
  return same ? plain : `${plain.slice(0, LONGEST_LABEL)}-${digest(name)}`;
}
