import { isDeepStrictEqual } from 'node:util';
import type { Gate, Limit } from '../../lambdas/contracts/flow-control.ts';
import type { RegisteredAgent } from '../../lambdas/contracts/registry.ts';
import type { WorkflowDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import { gateOf } from '../../lambdas/flow/flow-identity.ts';
import { decide } from '../../lambdas/workflow/decide.ts';
import type { RunEvent } from '../../lambdas/workflow/events.ts';
import { evolve } from '../../lambdas/workflow/evolve.ts';
import { wantsGates } from '../../lambdas/workflow/permits.ts';
import { newRun, type RunState, type TaskState } from '../../lambdas/workflow/state.ts';
import {
  ADMISSION,
  type Evaluation,
  evaluationKey,
  type Granted,
  type TurnContext,
  type TurnInput,
} from '../../lambdas/workflow/turn.ts';
import { completed, failed, NOW, RUN_ID, registeredAgent, report, startRun, turnContext } from './factories.ts';

export interface PlayerOptions {
  readonly agents?: readonly RegisteredAgent[];
  /** What evaluating a task gives, by task id; default: what stands literally in its definition. */
  readonly evaluations?: Readonly<Record<string, Evaluation>>;
  /** How the run itself gets in. */
  readonly admission?: Evaluation;
  readonly context?: Partial<TurnContext>;
}

/** The gates of limits whose keys stand there literally. */
export function gatesOf(owner: string, limits: readonly Limit[]): Gate[] {
  return limits.map(({ name = owner, key = '', scope = 'tenant', concurrency, rate }) => {
    const rule = rate ? { kind: 'rate' as const, ...rate } : { kind: 'concurrency' as const, limit: concurrency ?? 1 };
    return gateOf({ scope, tenant: 'default', rule, name, key });
  });
}

/** Plays a run's turns against the pure engine, answering its questions, on a clock that moves when told. */
export function player(definition: WorkflowDefinition, options: PlayerOptions = {}) {
  const { agents = [registeredAgent()], evaluations = {} } = options;
  let state: RunState = newRun(RUN_ID);
  let now = NOW;
  const all: RunEvent[] = [];

  function literally(task: TaskState): Evaluation {
    const { value, forEach, workflow, fallback, input } = task.definition;
    if (wantsGates(task)) return { gates: gatesOf(task.definition.id, task.definition.limits ?? []) };
    if (task.fallback) return fallback?.value === undefined ? { input: null } : { result: { value: fallback.value } };
    if (forEach && Array.isArray(forEach.items) && !task.children) return { items: forEach.items };
    if (value !== undefined) return { result: { value } };
    return { input: input ?? {}, ...(workflow && { version: workflow.version ?? 1 }) };
  }

  function turn(inputs: readonly TurnInput[], context: Partial<TurnContext> = {}): RunEvent[] {
    const evaluated = new Map<string, Evaluation>();
    const probes = new Map(context.probes ?? options.context?.probes);
    const full = (): TurnContext => turnContext({ agents, ...options.context, ...context, now, evaluated, probes });
    let decision = decide(state, inputs, full());
    const events = [...decision.events];
    while (decision.questions.evaluate.length + decision.questions.probes.length > 0 || decision.questions.admission) {
      if (decision.questions.admission) evaluated.set(ADMISSION, options.admission ?? { gates: [] });
      for (const index of decision.questions.evaluate) {
        const task = decision.state.tasks[index];
        if (!task) continue;
        const known = task.fallback === undefined && !wantsGates(task) ? evaluations[task.definition.id] : undefined;
        evaluated.set(evaluationKey(index, task), known ?? literally(task));
      }
      for (const agent of decision.questions.probes) probes.set(agent, true);
      decision = decide(decision.state, [], full());
      events.push(...decision.events);
    }
    const folded = evolve(state, events, now);
    // Whatever a decision does, its events say so: else a replay would be another run.
    if (!isDeepStrictEqual(folded, decision.state)) throw new Error('the decided state is not the fold of its events');
    state = decision.state;
    all.push(...events);
    return events;
  }

  const attemptOf = (id: string): number => taskOf(id).attempt;
  function taskOf(id: string): TaskState {
    const task = state.tasks[state.indexOf.get(id) ?? -1];
    if (!task) throw new Error(`the run has no task ${id}: ${[...state.indexOf.keys()].join(', ')}`);
    return task;
  }

  turn([startRun(definition)]);
  return {
    get state() {
      return state;
    },
    events: all,
    turn,
    task: taskOf,
    now: () => now,
    statuses: (): Record<string, string> =>
      Object.fromEntries(state.tasks.map(({ definition: { id }, status }) => [id, status])),
    /** The agent that holds each task reports that it is done. */
    complete: (...ids: string[]) =>
      ids.flatMap((id) => turn([report([completed(id, { attempt: attemptOf(id) })], taskOf(id).agent)])),
    fail: (id: string, errorClass: 'recoverable' | 'non_recoverable' | 'data' | 'system' = 'non_recoverable') => {
      const error = { code: 'broken', class: errorClass, message: 'it broke' } as const;
      return turn([report([failed(id, { attempt: attemptOf(id), error })], taskOf(id).agent)]);
    },
    /** Time passes, and nothing is heard. */
    pass: (ms: number): void => {
      now += ms;
    },
    /** Time passes, and the run's timer fires. */
    wake: (ms: number, context?: Partial<TurnContext>) => {
      now += ms;
      return turn([{ type: 'wake_run' }], context);
    },
    /** The flow of this gate says how many permits the run has had of it so far. */
    grant: (gate: Gate, granted: number, more: Pick<Granted, 'refused' | 'batch'> = {}) =>
      turn([{ type: 'grant_flow', payload: { run_id: RUN_ID, flow_id: gate.flow_id, granted, ...more } }]),
    decide: (
      task_id: string,
      decision: string,
      { value, ...more }: { decision_id?: string; event_id?: string; value?: string } = {},
    ) => {
      const own = value === undefined ? {} : { value: { value } };
      const payload = { run_id: RUN_ID, task_id, decision, decided_by: 'ann', ...more, ...own };
      return turn([{ type: 'decide_task', messageId: 'decision-1', payload }]);
    },
    signal: (event: string, payload: string, more: { key?: string; id?: string } = {}) => {
      const { id = `${event}-1`, ...key } = more;
      return turn([
        {
          type: 'deliver_event',
          messageId: id,
          payload: { run_id: RUN_ID, event_id: id, event, payload: { value: payload }, ...key },
        },
      ]);
    },
  };
}
