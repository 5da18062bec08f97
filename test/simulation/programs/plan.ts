import type { ErrorClass } from '../../../lambdas/contracts/errors.ts';
import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';
import type { PriorityLevel } from '../../../lambdas/contracts/priority.ts';
import type { SelectionStrategy } from '../../../lambdas/contracts/task-kinds.ts';
import type { Expr } from './expressions.ts';

/*
 * A program is a workflow together with everything that will happen to it: how each task's agent behaves, which events
 * come and when, what people answer. From it come the definition that the platform gets (compile.ts), the agents'
 * behaviour (fleet.ts) and what the run must come to (model.ts).
 */

/** What the agents of the fleet can do, by their effects on the world. */
export const WORK_TYPES = { none: 'work.pure', idempotent: 'work.idem', outside: 'work.pay' } as const;
export type WorkEffects = keyof typeof WORK_TYPES;
/** Each kind of work can be done by two agents. */
export const AGENTS: Readonly<Record<WorkEffects, readonly [string, string]>> = {
  none: ['pure-a', 'pure-b'],
  idempotent: ['idem-a', 'idem-b'],
  outside: ['pay-a', 'pay-b'],
};
export const UNDO_TYPE = 'work.undo';

/** How the agent of a task behaves: on the attempts up to `times` as said here, afterwards it succeeds. */
export type Behaviour =
  | { readonly does: 'succeed' }
  | { readonly does: 'run_long'; readonly ms: number }
  | { readonly does: 'fail'; readonly times: number; readonly with: ErrorClass }
  /** Only this agent can't. */
  | { readonly does: 'refuse'; readonly agent: string }
  /** It takes the task and is never heard of again. */
  | { readonly does: 'hang'; readonly times: number }
  /** Its process dies. */
  | { readonly does: 'crash'; readonly times: number };

/** How much goes wrong in a program by itself: nothing, only what passes, or something for good. */
export type Mood = 'calm' | 'bumpy' | 'grim';

/** What a person answers who is asked what to do with a failed task. */
export type Escalated = 'retry' | 'skip' | 'complete' | 'fail';

export interface Work {
  readonly effects: WorkEffects;
  readonly behaviour: Behaviour;
  readonly attempts: number;
  /** Bytes of padding in its result. */
  readonly pad: number;
  readonly agent?: string;
  /** Tasks that its agent adds to the run. */
  readonly adds: readonly TaskPlan[];
  /** What its inputs read beside what it depends on. */
  readonly reads: readonly Expr[];
  /** What its agent leaves its Lambda for, before it takes effect: all of a round at once. */
  readonly rounds?: readonly (readonly OwnPlan[])[];
  /** It behaves so before it delegates anything, not after. */
  readonly early?: true;
}

/** What an agent waits for at one place of its work. */
export interface OwnPlan {
  readonly does: 'call' | 'ask' | 'wait' | 'delegate';
  /** One, where it does not delegate. */
  readonly tasks: readonly TaskPlan[];
}

export type SleepPlan = { readonly seconds: number } | { readonly until: string };

export interface WaitPlan {
  readonly event: string;
  readonly key?: string;
  readonly payload: Json;
  /** When the event is sent, ms from the request; never without it. */
  readonly at?: number;
  readonly timeoutSeconds?: number;
}

export interface AskPlan {
  /** It shows what is decided about, and an answer counts only about that. */
  readonly shows?: true;
  readonly options: readonly string[];
  /** What the person answers, how long after being asked (ms). No answers: silence. */
  readonly answers: ReadonlyArray<{ readonly decision: string; readonly afterMs: number }>;
  readonly timeoutSeconds?: number;
}

export interface ConsensusPlan {
  readonly quorum?: number;
  readonly threshold?: number;
  readonly tie: 'fail' | 'first';
  readonly weights?: Readonly<Record<string, number>>;
}

/** How often work of a kind may be done at once, or in a period. */
export interface LimitPlan {
  readonly name?: string;
  readonly key?: Expr;
  readonly scope?: 'platform';
  readonly concurrency?: number;
  readonly rate?: { readonly limit: number; readonly periodSeconds: number; readonly burst?: number };
}

/** How runs of a program get in. */
export interface AdmissionPlan {
  readonly debounce?: { readonly key?: Expr; readonly seconds: number; readonly atMostSeconds?: number };
  readonly singleton?: { readonly key?: Expr; readonly mode: 'wait' | 'skip' | 'cancel' };
  readonly batch?: { readonly key?: Expr; readonly size: number; readonly seconds: number };
  readonly limits?: readonly LimitPlan[];
  readonly waitSeconds?: number;
}

export type KindPlan =
  | { readonly kind: 'type'; readonly work: Work }
  | { readonly kind: 'workflow'; readonly child: Program }
  | { readonly kind: 'waitFor'; readonly wait: WaitPlan }
  | { readonly kind: 'ask'; readonly ask: AskPlan }
  | { readonly kind: 'sleep'; readonly sleep: SleepPlan }
  | { readonly kind: 'value'; readonly value: Expr }
  | { readonly kind: 'consensus'; readonly consensus: ConsensusPlan };

export type TaskPlan = KindPlan & {
  readonly id: string;
  readonly dependsOn: readonly string[];
  readonly when?: Expr;
  readonly each?: { readonly items: Expr | readonly Json[]; readonly limit?: number; readonly tolerate?: number };
  readonly group?: string;
  readonly priority?: PriorityLevel;
  readonly optional?: true;
  readonly fallback?: { readonly value: Json } | { readonly work: Behaviour };
  readonly escalate?: 'person' | 'fail';
  /** What its person answers, should one be asked. */
  readonly escalated: Escalated;
  /** How often undoing it fails before it succeeds; more than its attempts: for good. */
  readonly undo?: { readonly failures: number };
  readonly timeoutSeconds?: number;
  readonly select?: SelectionStrategy;
  readonly sees?: readonly string[];
  readonly limits?: readonly LimitPlan[];
};

export interface GroupPlan {
  readonly limit?: number;
  readonly tolerate?: number;
}

export interface Program {
  /** The workflow's name. */
  readonly name: string;
  readonly tasks: readonly TaskPlan[];
  readonly groups: Readonly<Record<string, GroupPlan>>;
  readonly input: JsonObject;
  readonly timeoutSeconds: number;
  readonly lifecycle: 'queue' | 'step_functions';
  readonly events: 'workflow' | 'task';
  readonly priority?: PriorityLevel;
  /** Somebody cancels it, ms from the request. */
  readonly cancelAt?: number;
  /** Padding of its description, to make the document large. */
  readonly pad: number;
  readonly output?: readonly string[];
  /** Has only the usual budget of retries. */
  readonly tight?: true;
  readonly admission?: AdmissionPlan;
  /** Which of several runs of the same workflow, from 1 on; the first has none. */
  readonly copy?: number;
  /** When it is asked for, ms from the start of the history; default: at once. */
  readonly requestedAt?: number;
}

/** Backoff that is over soon: virtual time costs nothing, but each wake-up does. */
export const RETRY = { intervalSeconds: 1, maxDelaySeconds: 20 } as const;
/** Attempts of a task with which no fault can use them up. */
export const GENEROUS = 20;
/** What people answer in place of a task. */
export const PERSON_ANSWERS = 4_711;
/** Seconds of a deadline that no history should ever see. */
export const DISTANT_DEADLINE_S = 86_400;
/** When every history begins. */
export const START_MS = Date.UTC(2026, 0, 1);
/** Attempts of an undo. */
export const UNDO_ATTEMPTS = 6;

/** The program and those of its sub-workflows. */
export function withChildren(program: Program): Program[] {
  const children = allTasks(program.tasks).flatMap((task) =>
    task.kind === 'workflow' ? withChildren(task.child) : [],
  );
  return [program, ...children];
}

/** The program's tasks, and those that they add or delegate. */
export function allTasks(tasks: readonly TaskPlan[]): TaskPlan[] {
  return tasks.flatMap((task) => [
    task,
    ...(task.kind === 'type' ? allTasks(task.work.adds) : []),
    ...allTasks(ownTasks(task)),
  ]);
}

/** What a task delegates, in the order of the calls. */
export function ownTasks(task: TaskPlan): TaskPlan[] {
  return task.kind === 'type' ? (task.work.rounds ?? []).flat().flatMap(({ tasks }) => [...tasks]) : [];
}

/** How agents and model name a task across programs. */
export const pathOf = (program: Program, taskId: string): string => `${program.name}/${taskId}`;

/** Under which a client asks for the program's run. */
export const requestIdOf = ({ name, copy }: Program): string =>
  copy === undefined ? `request ${name}` : `request ${name} ${copy}`;
