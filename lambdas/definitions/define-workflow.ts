import * as z from 'zod';
import type { BudgetInput } from '../contracts/budget.ts';
import { type Json, JsonObject } from '../contracts/json.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { TaskGroup } from '../contracts/task-kinds.ts';
import { type TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { type AdmissionOptions, readAdmission } from './limit-options.ts';
import { readOptions, type StepOptions } from './read-options.ts';
import { EVERYTHING } from './scope.ts';
import type { WorkflowBuilder } from './workflow-builder.ts';

type Settings = Partial<
  Pick<
    WorkflowDefinition,
    | 'version'
    | 'description'
    | 'timeoutSeconds'
    | 'priority'
    | 'lifecycle'
    | 'events'
    | 'select'
    | 'escalate'
    | 'retryBudget'
  >
> & { readonly budget?: BudgetInput };

/** What a workflow says beside its tasks. */
export interface WorkflowHead<M extends Manifest, S extends z.ZodType, G extends string> extends Settings {
  readonly name: string;
  /** What a request must bring; it also becomes the definition's JSON Schema. */
  readonly input?: S;
  /** Who works on its tasks. */
  readonly agents: readonly M[];
  readonly groups?: { readonly [K in G]: TaskGroup };
  /** How its runs get in; default: at once. Keys read the input. */
  readonly admission?: AdmissionOptions<z.input<S>>;
}

/**
 * Begins a definition. Its ids, inputs and results are checked by the compiler as it is written; `checkDefinition` has
 * the last word when it is registered.
 */
export function defineWorkflow<
  M extends Manifest,
  S extends z.ZodType = typeof JsonObject,
  const G extends string = never,
>(head: WorkflowHead<M, S, G>): WorkflowBuilder<M, z.input<S>, { readonly [K in G]: Json }, G> {
  const { input, agents: manifests, groups = {}, admission, ...settings } = head;
  const schema = input && JsonObject.parse(z.toJSONSchema(input, { io: 'input' }));
  const wayIn = admission && readAdmission(admission);
  const document = { ...settings, ...(schema && { input: schema }), ...(wayIn && { admission: wayIn }) };
  return stepsOf({ document, manifests, groups, tasks: [] });
}

/** What a builder has so far. */
interface Steps<M extends Manifest> {
  readonly document: object;
  readonly manifests: readonly M[];
  readonly groups: Readonly<Record<string, TaskGroup>>;
  readonly tasks: readonly TaskDefinition[];
}

function stepsOf<M extends Manifest, I, R, G extends string>(steps: Steps<M>): WorkflowBuilder<M, I, R, G> {
  const { document, manifests, groups, tasks } = steps;
  const plus = (id: string, options: StepOptions, kind: object): Steps<M> => ({
    ...steps,
    tasks: [...tasks, readOptions(id, options, kind, manifests)],
  });
  return {
    tasks,
    task: (id, options) => stepsOf(plus(id, options, {})),
    workflow: (id, { workflow, version, ...options }) => {
      const name = typeof workflow === 'string' ? workflow : workflow.name;
      return stepsOf(plus(id, options, { workflow: { name, version } }));
    },
    waitFor: (id, { event, payload: _promised, key, ...options }) =>
      stepsOf(plus(id, options, { waitFor: { event, key: key?.(EVERYTHING) } })),
    ask: (id, { question, options: choices, to, ...options }) =>
      stepsOf(plus(id, options, { ask: { question: question(EVERYTHING), options: choices, to } })),
    sleep: (id, { seconds, until, ...options }) =>
      stepsOf(plus(id, options, { sleep: { seconds, until: until instanceof Date ? until.toISOString() : until } })),
    value: (id, { value, ...options }) => stepsOf(plus(id, options, { value: value(EVERYTHING) })),
    consensus: (id, { vote, quorum, threshold, weights, tie, ...options }) =>
      stepsOf(plus(id, options, { consensus: { vote: vote?.(EVERYTHING), quorum, threshold, weights, tie } })),
    include: (part) => stepsOf({ ...steps, groups: { ...groups, ...part.groups }, tasks: [...tasks, ...part.tasks] }),
    build: (output?: readonly string[]) =>
      WorkflowDefinition.parse({
        ...document,
        tasks,
        ...(Object.keys(groups).length > 0 && { groups }),
        ...(output && { output }),
      }),
  };
}
