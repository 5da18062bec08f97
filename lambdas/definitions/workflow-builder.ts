import type * as z from 'zod';
import type { Json } from '../contracts/json.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { DEFAULT_OPTIONS } from '../contracts/task-kinds.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import type { Expr } from './expression.ts';
import type { InputOf, OutputOf, TypesOf } from './manifest-types.ts';
import type { Part } from './part.ts';
import type { NoItem, Scope, VoteScope } from './scope.ts';
import type { AgentOptions, Limited, Outcome, TaskOptions, Undoable } from './task-options.ts';
import type { Filled, Strict, Template } from './template.ts';

declare const shape: unique symbol;
/** A definition that remembers what goes into its runs and what comes out, for workflows that use it as a task. */
export type DefinedWorkflow<I = unknown, Out = unknown> = WorkflowDefinition & {
  readonly [shape]?: { readonly input: I; readonly output: Out };
};

/** What a person's answer comes to. */
export interface Answer<Option extends string> {
  readonly decision: Option;
  readonly comment: string;
  readonly decided_by: string;
}

/** What a vote comes to. */
export interface Decision<Vote> {
  readonly decision: Vote;
  readonly votes: Readonly<Record<string, Vote>>;
  readonly weights: Readonly<Record<string, number>>;
  readonly for: number;
  readonly against: number;
}
type VoteOf<T> = T extends { readonly vote: infer V } ? V : T;

type Names<R> = Extract<keyof R, string>;
type Added<R, Id extends string, Result, Item, O> = R & { readonly [K in Id]: Outcome<Result, Item, O> };

/**
 * Writes a definition step by step. Each step knows the ones before it: their ids, what they answer, and what the agents
 * take, so that a mistake is a compile error. Every step answers a new builder; the one before stays as it is.
 * `M` manifests, `I` input, `R` results by task and group, `G` groups.
 */
export interface WorkflowBuilder<M extends Manifest, I, R, G extends string> {
  /** An agent does it. */
  task<
    const Id extends string,
    T extends TypesOf<M> & string,
    V extends Template<InputOf<M, T>>,
    A extends Names<R> = never,
    Item = NoItem,
    O extends boolean = false,
  >(
    id: Id,
    options: { readonly type: T } & TaskOptions<M, I, R, G, A, Item, O, OutputOf<M, T>> &
      AgentOptions<M> &
      Limited<I, Pick<R, A>, Item> &
      Undoable<M, I, Item, OutputOf<M, T>> & {
        readonly input: (scope: Scope<I, Pick<R, A>, Item>) => V & Strict<V, InputOf<M, T>>;
      },
  ): WorkflowBuilder<M, I, Added<R, Id, OutputOf<M, T>, Item, O>, G>;

  /** Another workflow does it: one that was built, or the name of a registered one. */
  workflow<
    const Id extends string,
    CI,
    CO,
    V extends Template<CI>,
    A extends Names<R> = never,
    Item = NoItem,
    O extends boolean = false,
  >(
    id: Id,
    options: { readonly workflow: string | DefinedWorkflow<CI, CO>; readonly version?: number } & TaskOptions<
      M,
      I,
      R,
      G,
      A,
      Item,
      O,
      CO
    > &
      Pick<AgentOptions<M>, 'retry'> &
      Undoable<M, I, Item, CO> & { readonly input: (scope: Scope<I, Pick<R, A>, Item>) => V & Strict<V, CI> },
  ): WorkflowBuilder<M, I, Added<R, Id, CO, Item, O>, G>;

  /** Waits for an event that is sent to the run; `payload` says what it should hold, which nobody checks. */
  waitFor<
    const Id extends string,
    S extends z.ZodType = z.ZodType<Json>,
    A extends Names<R> = never,
    Item = NoItem,
    O extends boolean = false,
  >(
    id: Id,
    options: { readonly event: string; readonly payload?: S } & TaskOptions<M, I, R, G, A, Item, O, z.output<S>> & {
        readonly key?: (scope: Scope<I, Pick<R, A>, Item>) => Template<string>;
      },
  ): WorkflowBuilder<M, I, Added<R, Id, z.output<S>, Item, O>, G>;

  /** A person answers it. */
  ask<
    const Id extends string,
    const Option extends string = (typeof DEFAULT_OPTIONS)[number],
    A extends Names<R> = never,
    Item = NoItem,
    O extends boolean = false,
  >(
    id: Id,
    options: { readonly options?: readonly Option[]; readonly to?: string } & TaskOptions<
      M,
      I,
      R,
      G,
      A,
      Item,
      O,
      Answer<Option>
    > & { readonly question: (scope: Scope<I, Pick<R, A>, Item>) => Template<string> },
  ): WorkflowBuilder<M, I, Added<R, Id, Answer<Option>, Item, O>, G>;

  /** Does nothing for so long, or until a time; its result is null. */
  sleep<const Id extends string, A extends Names<R> = never, Item = NoItem>(
    id: Id,
    options: (
      | { readonly seconds: number; readonly until?: never }
      | { readonly until: Date | string; readonly seconds?: never }
    ) &
      Omit<
        TaskOptions<M, I, R, G, A, Item, false, null>,
        'timeoutSeconds' | 'optional' | 'escalate' | 'fallback' | 'budget'
      >,
  ): WorkflowBuilder<M, I, Added<R, Id, null, Item, false>, G>;

  /** The coordinator computes it. */
  value<const Id extends string, const V, A extends Names<R> = never, Item = NoItem, O extends boolean = false>(
    id: Id,
    options: TaskOptions<M, I, R, G, A, Item, O, NoInfer<Filled<V>>> & {
      readonly value: (scope: Scope<I, Pick<R, A>, Item>) => V;
    },
  ): WorkflowBuilder<M, I, Added<R, Id, Filled<V>, Item, O>, G>;

  /** Those it comes after vote. */
  consensus<
    const Id extends string,
    A extends Names<R>,
    Vote = VoteOf<Exclude<R[A], undefined>>,
    O extends boolean = false,
  >(
    id: Id,
    options: {
      /** The participants. */
      readonly after: readonly A[];
      readonly vote?: (scope: VoteScope<Exclude<R[A], undefined>>) => Expr<Vote>;
      readonly quorum?: number;
      readonly threshold?: number;
      readonly weights?: { readonly [K in NoInfer<A>]?: number };
      readonly tie?: 'fail' | 'first' | 'person';
    } & Omit<TaskOptions<M, I, R, G, A, NoItem, O, Decision<Vote>>, 'after' | 'forEach'>,
  ): WorkflowBuilder<M, I, Added<R, Id, Decision<Vote>, NoItem, O>, G>;

  /** Tasks that were made elsewhere, such as by a ready-made pattern. */
  include<const Name extends string>(part: Part<Name>): WorkflowBuilder<M, I, R & { readonly [K in Name]: Json }, G>;

  /** The tasks so far. */
  readonly tasks: readonly TaskDefinition[];

  /**
   * The definition. @param output tasks whose results are the run's; default: those nobody comes after
   * @throws z.ZodError when a name or number is none that a definition may have
   */
  build(): DefinedWorkflow<I, { readonly [K in Names<R>]?: R[K] }>;
  build<Out extends Exclude<Names<R>, G>>(output: readonly Out[]): DefinedWorkflow<I, Pick<R, Out>>;
}
