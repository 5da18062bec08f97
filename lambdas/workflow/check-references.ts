import type { Admission } from '../contracts/flow-control.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { expressionFault, listDefinitionExpressions } from './check-expressions.ts';
import { fieldsOfInput } from './check-input.ts';
import type { Names } from './check-names.ts';
import { referencesOf } from './check-reference-tokens.ts';
import { didYouMean } from './did-you-mean.ts';

/**
 * Where an expression plainly reads `$results.NAME`, its task depends on NAME; where it reads `$input.FIELD`, the
 * workflow's input may have that field. Only what can be told without understanding the expression is refused.
 * @throws DataError `unknown_result`, `unknown_input`, `invalid_expression`
 */
export function checkReferences(
  tasks: readonly TaskDefinition[],
  names: Names,
  schema?: JsonObject,
  admission?: Admission,
): void {
  const brought = fieldsOfInput(schema);
  for (const expression of listDefinitionExpressions({ tasks, admission })) {
    const { taskIndex } = expression;
    // The tasks of a batch see the list of what its requests have brought.
    const fields = taskIndex !== undefined && admission?.batch ? ['items'] : brought;
    const references = referencesOf(expression.source);
    if (references.length === 0) continue;
    const dependsOn = new Set(taskIndex === undefined ? [] : tasks[taskIndex]?.dependsOn);
    for (const { of, name, at, filter } of references) {
      const refuse = (code: string, reason: string) => expressionFault(code, tasks, expression, reason, at + 1);
      if (filter) {
        throw refuse('invalid_expression', `$${of}["${name}"] filters and does not look up; write $${of}."${name}"`);
      }
      if (of === 'results' && expression.field[0] === 'undo') {
        throw refuse(
          'unknown_result',
          'an undo sees $input, and as $result what its task had answered; no other results',
        );
      }
      if (of === 'results' && taskIndex === undefined) {
        throw refuse('unknown_result', 'before a run has got in there are no results; its key may read $input');
      }
      if (of === 'results' && !dependsOn.has(name)) {
        throw refuse('unknown_result', `it reads the result of "${name}", ${whyUnknown(name, dependsOn, names)}`);
      }
      if (of === 'input' && fields !== undefined && !fields.includes(name)) {
        const reason = `it reads "${name}", which the workflow's input does not have${didYouMean(name, fields)}`;
        throw refuse('unknown_input', reason);
      }
    }
  }
}

function whyUnknown(name: string, dependsOn: ReadonlySet<string>, { tasks, groups, existing }: Names): string {
  if (tasks.has(name) || groups.has(name) || existing.has(name)) {
    return 'on which it does not depend: add it to "dependsOn"';
  }
  const dashed = [...dependsOn].find((other) => other.startsWith(`${name}-`) || other.startsWith(`${name}.`));
  if (dashed !== undefined) return `which is no task; names with "-" or "." are quoted: $results."${dashed}"`;
  return `which is no task it depends on${didYouMean(name, dependsOn)}`;
}
