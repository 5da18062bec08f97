import type { BudgetRef } from '../contracts/budget.ts';
import type { Json } from '../contracts/json.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { MemoryPass } from '../contracts/memory-pass.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import type { Blobs, Clock, Ids, Logger } from './ports.ts';

/** The input of an `ask` task. */
export type Question = NonNullable<TaskDefinition['ask']>;

/** What a person decided. */
export interface Decided {
  readonly decision: string;
  readonly comment?: string;
  readonly decided_by: string;
}

/** What a task of another kind is given beside its work: `retry`, `timeoutSeconds`, `priority`, `agent`, … */
export type DelegateOptions = Omit<TaskDefinition, 'id' | 'type' | 'input' | 'dependsOn'>;

/** `ctx.wait`: for a time, or for an event that is sent to this run. */
export type Awaited =
  | { readonly seconds: number }
  | { readonly until: Date }
  | { readonly event: string; readonly key?: string; readonly timeoutSeconds?: number };

/**
 * Work that is remembered step by step. A task whose message is delivered again, that is tried again, or that goes on
 * after a wait runs from its beginning; what it did before is answered from the record. So what it does between steps
 * must come out the same each time.
 */
export interface Durable {
  /**
   * Does `work` once and remembers its result, JSON. A crash between the two does it again: what must never happen twice
   * is a tool with outside effects.
   * @throws NonRecoverableError `non_deterministic` when another step was recorded at this place
   */
  step<T extends Json>(name: string, work: () => Promise<T> | T): Promise<T>;
  /** Leaves the Lambda while it waits: waiting costs nothing. @returns the event's payload, null for a time */
  wait(awaited: Awaited): Promise<Json>;
  /** Asks a person; waiting costs nothing. @throws what an `ask` task fails with: `no_decision` when nobody answers */
  ask(question: Question, options?: { readonly timeoutSeconds?: number }): Promise<Decided>;
  /** Has an agent do a task of this type. @throws MusterError what the task failed with */
  call(type: string, input: Json, options?: DelegateOptions): Promise<Json>;
  /**
   * Has several tasks done, which may depend on each other. Ids are its own choice, unique among these tasks.
   * @returns by id, each with its result or its error
   */
  delegate(
    tasks: readonly TaskDefinition[],
  ): Promise<Readonly<Record<string, { readonly result: Json } | { readonly error: Error }>>>;
}

/** What asks for a durable operation. */
export type OperationKind = 'step' | 'model' | 'tool' | 'memory';

/**
 * What of an attempt's values came from outside. Kept in memory: what is marked when it is recorded must be marked again,
 * by the record, when it is told.
 */
export interface Taint {
  /** This value, and every text and object in it, came from outside. */
  mark(value: unknown): void;
  /** Whether anything in it did. */
  isTainted(value: unknown): boolean;
}

/** One attempt at a task, as its abilities see it. */
export interface AtWork {
  readonly manifest: Manifest;
  readonly tenant: string;
  readonly runId: string;
  readonly taskId: string;
  readonly taskType: string;
  readonly attempt: number;
  /** How often the task has begun anew: what was remembered before counts no more. */
  readonly epoch: number;
  readonly correlationId: string;
  /** What the memory Lambda lets it in with; undefined: it was handed out to an agent without memories. */
  readonly memoryPass?: MemoryPass | undefined;
  /** All that its work counts against, the outermost first; the agent's own last. */
  readonly budgets: readonly BudgetRef[];
  /** Its run is a fork that does nothing outside: these runs, the latest first, have it on record. */
  readonly recordedIn?: readonly string[] | undefined;
  readonly deadline: number;
  /** Aborts when the attempt's time is over. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly blobs: Pick<Blobs, 'put' | 'get'>;
  /** Inside of an operation it is asked and waited on behalf of that: see {@link AtWork.operation}. */
  readonly durable: Durable;
  /** Without tools and memories nothing counts as tainted. */
  readonly taint: Taint;
  /**
   * A durable operation, as `ctx.step` is one: does `work` once and remembers its answer. It takes its number when it is
   * called, so call it in the same tick in which user code called the ability, before anything is awaited.
   * Inside of `work`, `durable` asks and waits on the operation's behalf: the attempt leaves the Lambda and `work` begins
   * again when the answer is there. There the order may differ each time: a question is found again by its text, a wait by
   * how long it was to be.
   * A failure of class `data` or `non_recoverable` is remembered and thrown; any other ends the attempt, which is then
   * tried again, and user code never sees it. A PutBack (budgets/guard.ts) is no failure: the task waits for so long, and
   * `work` begins again. Where the manifest has no steps, it just does its work.
   */
  operation<T extends Json>(kind: OperationKind, name: string, work: () => Promise<T> | T): Promise<T>;
  /**
   * Ends the attempt with this error, whatever user code would make of it: a ComeBack puts its message back without a
   * report. Operations under way may finish first.
   */
  leave(reason: Error): Promise<never>;
  /** Counts what the attempt uses; it goes out with the report. */
  used(usage: {
    usd?: number;
    input_tokens?: number;
    output_tokens?: number;
    model_calls?: number;
    tool_calls?: number;
    models?: string[];
  }): void;
  /**
   * A key of the operation under way that is the same whenever this place of this task is come to: for ledgers and
   * idempotency keys. @throws Error outside of an operation
   */
  callId(): string;
}

/** What a handler brings into `ctx` for each attempt: made once per container, opened once per attempt. */
export type Ability<T> = (work: AtWork) => T;
