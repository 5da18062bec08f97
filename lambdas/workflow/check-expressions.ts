import type { ErrorReport } from '../contracts/errors.ts';
import type { Admission } from '../contracts/flow-control.ts';
import type { Json } from '../contracts/json.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';
import { listExpressions } from './expressions.ts';

/** An expression in a definition: whose it is, where it stands in its task, and its source without the `{% %}`. */
export interface DefinitionExpression {
  /** None: it is the definition's own. */
  readonly taskIndex?: number;
  /** From the task on, such as `['input', 'list', 1]`, or from the definition. */
  readonly field: readonly (string | number)[];
  readonly source: string;
}

/** Tasks, and what else of a definition may hold expressions. */
export interface Expressive {
  readonly tasks: readonly TaskDefinition[];
  readonly admission?: Admission | undefined;
}

/**
 * Every expression of these tasks and of how their runs get in, wherever one may stand.
 * @throws DataError `template_too_deep`
 */
export function* listDefinitionExpressions(definition: Expressive): Generator<DefinitionExpression> {
  for (const [place, template] of keysOf(definition.admission)) {
    for (const { source } of listExpressions(template))
      yield { field: ['admission', ...place.split('.'), 'key'], source };
  }
  for (const [taskIndex, task] of definition.tasks.entries()) {
    for (const [place, template] of templatesOf(task)) {
      if (template === undefined || template === null) continue;
      for (const { path, source } of listExpressions(template)) {
        yield { taskIndex, field: [...place.split('.'), ...path], source };
      }
    }
  }
}

function templatesOf(task: TaskDefinition): ReadonlyArray<readonly [place: string, Json | undefined]> {
  return [
    ['input', task.input],
    ['when', task.when],
    // A list that is written out is data, whatever its strings look like.
    ['forEach.items', typeof task.forEach?.items === 'string' ? task.forEach.items : undefined],
    ['waitFor.key', task.waitFor?.key],
    ['ask.question', task.ask?.question],
    ['ask.shows', task.ask?.shows],
    ['value', task.value],
    ['consensus.vote', task.consensus?.vote],
    ['fallback.value', task.fallback?.value],
    ['fallback.input', task.fallback?.input],
    ['undo.input', task.undo?.input],
    ['near', task.near],
    ...(task.limits ?? []).map(({ key }, position) => [`limits.${position}.key`, key] as const),
  ];
}

function keysOf({ debounce, singleton, batch, limits = [] }: Admission = {}): Array<[place: string, key: string]> {
  const keyed = {
    debounce,
    singleton,
    batch,
    ...Object.fromEntries(limits.map((limit, at) => [`limits.${at}`, limit])),
  };
  return Object.entries(keyed).flatMap(([place, one]) => (one?.key === undefined ? [] : [[place, one.key]]));
}

/** What whoever knows the language says of a source; `position` as its parser counts: how far it had read. */
export type ExpressionAnswer = { readonly ok: true } | { readonly error: ErrorReport; readonly position: number };

/**
 * The expressions of a definition, by whoever knows the language.
 * @param check answers what is wrong with a source, without evaluating it
 * @throws DataError `invalid_expression` with a field like `tasks.0.input.list.1`, and the place in the expression;
 * whatever `check` throws
 */
export async function checkExpressions(
  definition: Expressive,
  check: (source: string) => Promise<ExpressionAnswer> | ExpressionAnswer,
): Promise<void> {
  for (const expression of listDefinitionExpressions(definition)) {
    const { source } = expression;
    const answer = await check(source);
    if (!('error' in answer)) continue;
    const reason = reasonOf(answer.error);
    // A parser that meets the end has read everything; what is missing belongs behind it.
    const character =
      answer.position >= source.length && /\bend\b|terminated/.test(reason) ? source.length + 1 : answer.position;
    throw expressionFault('invalid_expression', definition.tasks, expression, reason, character);
  }
}

/** @param character where in the source it is, from 1; 0 when nobody can tell */
export function expressionFault(
  code: string,
  tasks: readonly TaskDefinition[],
  { taskIndex, field, source }: DefinitionExpression,
  reason: string,
  character: number,
): Error {
  const where = taskIndex === undefined ? field.join('.') : `task "${tasks[taskIndex]?.id}", ${field.join('.')}`;
  const at = character > 0 ? ` (character ${character})` : '';
  const details = { expression: source.slice(0, 200), ...(character > 0 && { character }) };
  const message = `${where}: ${reason.slice(0, 1_000)}${at}\n${pointAt(source, character)}`;
  const path = taskIndex === undefined ? field : ['tasks', taskIndex, ...field];
  return fault(code, path.join('.'), message, details);
}

/** So much of the line is shown on either side. */
const SHOWN = 60;

/** The line of the source that holds the character, and a caret below it. */
function pointAt(source: string, character: number): string {
  const at = Math.max(0, character - 1);
  const start = source.lastIndexOf('\n', at - 1) + 1;
  const end = source.indexOf('\n', at);
  const line = source.slice(start, end < 0 ? undefined : end);
  const from = Math.max(0, at - start - SHOWN);
  const cut = from > 0 ? '…' : '';
  const shown = `${cut}${line.slice(from, at - start + SHOWN)}`;
  if (character <= 0) return `  ${shown}`;
  return `  ${shown}\n  ${' '.repeat(at - start - from + cut.length)}^`;
}

/** The reason alone: an evaluator's report begins with the expression, which is shown anyway. */
function reasonOf({ message, details }: ErrorReport): string {
  const opening = `expression {% ${String(details?.expression)} %}: `;
  return message.startsWith(opening) ? message.slice(opening.length) : message;
}
