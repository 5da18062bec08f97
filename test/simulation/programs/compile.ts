import type { Admission, Limit } from '../../../lambdas/contracts/flow-control.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import type { TaskDefinition, WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { type Expr, theIndex, theItem, undoneAnswer, written } from './expressions.ts';
import {
  type AdmissionPlan,
  GENEROUS,
  type LimitPlan,
  type Program,
  pathOf,
  RETRY,
  type TaskPlan,
  UNDO_ATTEMPTS,
  UNDO_TYPE,
  WORK_TYPES,
} from './plan.ts';

/** More retries than any fault can use up. */
const BUDGET = { reserve: 5_000, ratio: 1 } as const;

/** The definition that the platform gets; whether it is a sound one, the platform checks. */
export function definitionOf(program: Program): WorkflowDefinition {
  const { name, tasks, groups, timeoutSeconds, lifecycle, events, priority, output, pad } = program;
  return {
    ...{ name, timeoutSeconds, lifecycle, events, groups: { ...groups }, version: 1 },
    ...(!program.tight && { retryBudget: BUDGET }),
    description: pad > 0 ? 'a simulated workflow' : '',
    tasks: [
      ...tasks.map((task) => taskDefinition(program, task)),
      // What makes the document large: values that nobody reads.
      ...Array.from({ length: Math.ceil(pad / 9_000) }, (_, index) => ({
        id: `pad${index}`,
        value: 'p'.repeat(9_000),
      })),
    ],
    ...(priority && { priority }),
    ...(output && { output: [...output] }),
    ...(program.admission && { admission: admissionOf(program.admission) }),
  };
}

function admissionOf({ debounce, singleton, batch, limits, waitSeconds }: AdmissionPlan): Admission {
  return {
    ...(debounce && { debounce: { ...debounce, ...keyOf(debounce) } }),
    ...(singleton && { singleton: { ...singleton, ...keyOf(singleton) } }),
    ...(batch && { batch: { ...batch, ...keyOf(batch) } }),
    ...(limits && { limits: limits.map(limitOf) }),
    ...(waitSeconds !== undefined && { waitSeconds }),
  } as Admission;
}

const limitOf = (limit: LimitPlan): Limit => ({ ...limit, ...keyOf(limit) }) as Limit;

const keyOf = ({ key }: { readonly key?: Expr }): { key?: string } => (key ? { key: written(key) } : {});

/** One task as it stands in a definition; also what an agent adds. */
export function taskDefinition(program: Program, task: TaskPlan): TaskDefinition {
  const { id, dependsOn, when, each, group, priority, optional, escalate, undo, timeoutSeconds, select, sees } = task;
  return {
    id,
    ...work(program, task),
    ...(dependsOn.length > 0 && { dependsOn: [...dependsOn] }),
    ...(when && { when: written(when) }),
    ...(each && {
      forEach: {
        items: 'source' in each.items ? written(each.items) : [...each.items],
        ...(each.limit !== undefined && { limit: each.limit }),
        ...(each.tolerate !== undefined && { tolerate: each.tolerate }),
      },
    }),
    ...(group !== undefined && { group }),
    ...(priority && { priority }),
    ...(optional && { optional }),
    ...(task.fallback && { fallback: fallback(program, task, task.fallback) }),
    ...(escalate && { escalate }),
    ...(undo && {
      undo: {
        type: UNDO_TYPE,
        input: { path: pathOf(program, id), answer: written(undoneAnswer()) },
        retry: { maxAttempts: UNDO_ATTEMPTS, ...RETRY },
      },
    }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(select && { select }),
    ...(sees && { sees: { results: [...sees] } }),
    ...(task.limits && { limits: task.limits.map(limitOf) }),
  };
}

function work(program: Program, task: TaskPlan): Partial<TaskDefinition> {
  switch (task.kind) {
    case 'type': {
      const { effects, attempts, agent, reads } = task.work;
      return {
        type: WORK_TYPES[effects],
        ...(attempts !== GENEROUS && { retry: { maxAttempts: attempts, ...RETRY } }),
        input: {
          path: pathOf(program, task.id),
          ...(reads.length > 0 && { reads: reads.map(written) }),
          ...(task.each && { item: written(theItem()), index: written(theIndex()) }),
        },
        ...(agent !== undefined && { agent }),
      };
    }
    case 'workflow':
      return { workflow: { name: task.child.name }, input: task.child.input };
    case 'waitFor': {
      const { event, key, timeoutSeconds } = task.wait;
      return { waitFor: { event, ...(key !== undefined && { key }) }, ...(timeoutSeconds && { timeoutSeconds }) };
    }
    case 'ask': {
      const { options, timeoutSeconds, shows } = task.ask;
      return {
        ask: { question: `what about ${task.id}?`, options: [...options], ...(shows && { shows: { about: task.id } }) },
        ...(timeoutSeconds && { timeoutSeconds }),
      };
    }
    case 'sleep':
      return { sleep: { ...task.sleep } };
    case 'value':
      return { value: written(task.value) };
    case 'consensus': {
      const { weights, ...rest } = task.consensus;
      return { consensus: { ...rest, ...(weights && { weights: { ...weights } }) } };
    }
  }
}

function fallback(program: Program, task: TaskPlan, plan: NonNullable<TaskPlan['fallback']>) {
  if ('value' in plan) return { value: plan.value as Json };
  const input = { path: `${pathOf(program, task.id)}|fallback` };
  return { type: WORK_TYPES.none, input };
}
