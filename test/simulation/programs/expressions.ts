import type { Json } from '../../../lambdas/contracts/json.ts';
import type {
  ExpressionEvaluator,
  ExpressionJob,
  ExpressionOutcome,
} from '../../../lambdas/runtime/expressions-port.ts';

/** What an expression sees, by name without the `$`. */
export type Bindings = Readonly<Record<string, Json>>;

/** An expression as JSONata, and what it means: a simulated run evaluates it without a worker. */
export interface Expr {
  readonly source: string;
  readonly meaning: (bindings: Bindings) => Json | undefined;
}

/** Every expression that programs hold, by its source. */
const known = new Map<string, Expr['meaning']>();

function expr(source: string, meaning: Expr['meaning']): Expr {
  if (!known.has(source)) known.set(source, meaning);
  return { source, meaning };
}

const field = (value: Json | undefined, name: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
const resultIn = (bindings: Bindings, task: string): Json | undefined => field(bindings.results, task);

export const inputField = (name: string): Expr => expr(`$input.${name}`, ({ input }) => field(input, name));

/** What a task answered, or 0 where it was skipped or failed. */
export const answerOf = (task: string): Expr =>
  expr(`$exists($results.${task}.v) ? $results.${task}.v : 0`, (bindings) => field(resultIn(bindings, task), 'v') ?? 0);

/** True or false by what a task answered. */
export const isOdd = (task: string, otherwise: boolean): Expr =>
  expr(`$exists($results.${task}.v) ? $results.${task}.v % 2 = 1 : ${otherwise}`, (bindings) => {
    const answer = field(resultIn(bindings, task), 'v');
    return answer === undefined ? otherwise : Number(answer) % 2 === 1;
  });

/** How many results a group or a task over items has; 0 where there is none. */
export const sizeOf = (list: string): Expr =>
  expr(`$count($results.${list})`, (bindings) => {
    const results = resultIn(bindings, list);
    return results === undefined ? 0 : Array.isArray(results) ? results.length : 1;
  });

export const constant = (value: boolean | number): Expr => expr(String(value), () => value);

/** Not a truth value: a task whose `when` says this fails. */
export const notTruth = (): Expr => expr('"neither"', () => 'neither');

/** Yields nothing, which is a fault. */
export const nothing = (): Expr => expr('$input.there_is_no_such_field', () => undefined);

/** A list of as many items as a field of the input says. */
export const countedItems = (name: string): Expr =>
  expr(`$map([1..$input.${name}], function($n) { $n })`, ({ input }) =>
    Array.from({ length: Number(field(input, name) ?? 0) }, (_, index) => index + 1),
  );

export const theItem = (): Expr => expr('$item', ({ item }) => item);
export const theIndex = (): Expr => expr('$index', ({ index }) => index);
/** What the task to undo had answered. */
export const undoneAnswer = (): Expr =>
  expr('$exists($result.v) ? $result.v : -1', ({ result }) => field(result, 'v') ?? -1);

/** As it stands in a definition. */
export const written = ({ source }: Expr): string => `{% ${source} %}`;

function evaluate({ source, bindings }: ExpressionJob): ExpressionOutcome {
  const meaning = known.get(source);
  if (!meaning) throw new Error(`no program holds the expression ${source}`);
  const value = meaning(bindings);
  if (value !== undefined) return { value };
  return {
    error: { code: 'expression_undefined', class: 'data', message: `expression {% ${source} %} yields nothing` },
  };
}

/** Knows the programs' expressions, and only those. */
export const programEvaluator: ExpressionEvaluator = {
  check: async () => ({ ok: true }),
  evaluate: async (jobs) => jobs.map(evaluate),
};
