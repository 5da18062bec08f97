import type { BudgetInput } from '../contracts/budget.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { PriorityLevel } from '../contracts/priority.ts';
import type { RetryPolicy } from '../contracts/retry-policy.ts';
import type { Escalation, SelectionStrategy } from '../contracts/task-kinds.ts';
import type { Expr } from './expression.ts';
import type { LimitOption } from './limit-options.ts';
import type { InputOf, TypesOf } from './manifest-types.ts';
import type { NoItem, Scope, UndoScope } from './scope.ts';
import type { Template } from './template.ts';

/** Work of any type that these agents can do, its input checked against that type. */
export type AnyWork<M extends Manifest, S> = {
  [T in TypesOf<M> & string]: { readonly type: T; readonly input?: (scope: S) => Template<InputOf<M, T>> };
}[TypesOf<M> & string];

/** What stands in for a task that failed for good. */
export type FallbackOption<M extends Manifest, S, Result> =
  | AnyWork<M, S>
  | { readonly value: (scope: S) => Template<Result> }
  | { readonly cachedSeconds: number };

/** What every task may say. `forEach` stands before the functions that read its items. */
export interface TaskOptions<M extends Manifest, I, R, G extends string, A extends keyof R, Item, O, Result> {
  /** Tasks and groups that must be over first; only their results can be read. */
  readonly after?: readonly A[];
  readonly description?: string;
  readonly when?: (scope: Scope<I, Pick<R, A>, NoItem>) => Expr<boolean>;
  /** One task for each item; the result is the list of theirs, null where one failed and was tolerated. */
  readonly forEach?: {
    readonly items: (scope: Scope<I, Pick<R, A>, NoItem>) => Expr<readonly Item[]> | readonly Item[];
    readonly limit?: number;
    readonly tolerate?: number;
  };
  readonly group?: G;
  readonly priority?: PriorityLevel;
  readonly timeoutSeconds?: number;
  readonly expectedSeconds?: number;
  /** Its failure degrades the run instead of failing it; its result may then be missing. */
  readonly optional?: O;
  readonly escalate?: Escalation;
  /** The most that its attempts may use together, with all that they delegate. */
  readonly budget?: BudgetInput;
  /** What it may see, and its expressions: of the run's input, and of the results of what it comes after. */
  readonly sees?: { readonly input?: readonly (keyof I & string)[]; readonly results?: readonly NoInfer<A>[] };
  readonly fallback?: FallbackOption<M, Scope<I, Pick<R, A>, Item>, Result>;
}

/** What a task may say that an agent works on. */
export interface AgentOptions<M extends Manifest> {
  /** Only this agent; default: any with the capability. */
  readonly agent?: M;
  readonly select?: SelectionStrategy;
  readonly near?: string | Expr<string>;
  readonly retry?: RetryPolicy;
}

/** What a task may say that each attempt must get a permit for. */
export interface Limited<I, R, Item> {
  /** Each attempt takes a permit of every one of these, and gives it back when it ends. */
  readonly limits?: readonly LimitOption<Scope<I, R, Item>>[];
}

/** What takes it back when the run fails or is cancelled. */
export interface Undoable<M extends Manifest, I, Item, Result> {
  readonly undo?: AnyWork<M, UndoScope<I, Result, Item>> & {
    readonly retry?: RetryPolicy;
    readonly timeoutSeconds?: number;
  };
}

/** What a task answers to those after it. */
export type Outcome<Result, Item, O> =
  | ([Item] extends [NoItem] ? Result : readonly (Result | null)[])
  | (O extends true ? undefined : never);
