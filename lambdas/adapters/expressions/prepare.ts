import jsonata from 'jsonata';
import { ExpressionFault } from './fault.ts';
import { current } from './guard.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import { linearRegExp, loadLinearRegExp } from './linear-regexp.ts';

/** Every object of a parsed expression, regular expressions included. */
function* nodesOf(node: unknown): Generator<object> {
  if (typeof node !== 'object' || node === null) return;
  yield node;
  for (const child of Object.values(node)) yield* nodesOf(child);
}

const positionOf = (node: object): number =>
  'position' in node && typeof node.position === 'number' ? node.position : 0;

/** The constructor that jsonata calls for each regular expression it meets. */
const linearEngine = new Proxy(RegExp, {
  construct: (_target, [pattern]) => {
    if (!(pattern instanceof RegExp)) throw new ExpressionFault('expression_regex_refused', 'no regular expression');
    return linearRegExp(pattern, () => current.guard.step());
  },
});

/**
 * Parses an expression and refuses what may not run.
 * @throws ExpressionFault `expression_refused`, `expression_regex_refused`, or jsonata's own syntax error
 */
export async function prepare(source: string): Promise<jsonata.Expression> {
  if (source.length > EXPRESSION_LIMITS.source)
    throw new ExpressionFault('expression_too_long', `it is longer than ${EXPRESSION_LIMITS.source} characters`);
  const expression = jsonata(source, {
    stack: EXPRESSION_LIMITS.depth,
    sequence: EXPRESSION_LIMITS.items,
    RegexEngine: linearEngine,
  });
  for (const node of nodesOf(expression.ast())) {
    if (!('type' in node)) continue;
    if (node.type === 'variable' && 'value' in node && node.value === 'eval')
      throw new ExpressionFault(
        'expression_refused',
        '$eval is not available: write the expression out',
        positionOf(node),
      );
    if (node.type === 'regex' && 'value' in node && node.value instanceof RegExp) {
      await loadLinearRegExp();
      linearRegExp(node.value, () => {}, positionOf(node));
    }
  }
  return expression;
}
