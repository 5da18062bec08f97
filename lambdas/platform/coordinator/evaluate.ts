import { DataError, type ErrorReport, MusterError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { ExpressionJob } from '../../runtime/expressions-port.ts';
import { budgetsOf, tooDeepFor } from '../../workflow/budgets.ts';
import { type Tally, tally, type Vote } from '../../workflow/consensus.ts';
import { checkInput } from '../../workflow/definition.ts';
import type { TaskIndex } from '../../workflow/events.ts';
import { fillTemplate, listExpressions } from '../../workflow/expressions.ts';
import { rangeOf } from '../../workflow/graph.ts';
import { isFirstAttempt } from '../../workflow/needs-evaluation.ts';
import { nameFor } from '../../workflow/own-names.ts';
import { depthOf } from '../../workflow/own-tasks.ts';
import { wantsGates } from '../../workflow/permits.ts';
import { resultOf, visibleInput, visibleResults } from '../../workflow/results.ts';
import { type RunState, type TaskState, taskAt } from '../../workflow/state.ts';
import { type Evaluation, evaluationKey } from '../../workflow/turn.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import { gatesOfTask } from './evaluate-gates.ts';
import { createOpener, type Opener, storeResult } from './open-results.ts';

/** By `evaluationKey`. */
export type Evaluations = Map<string, Evaluation>;
export type EvaluationPorts = Pick<CoordinatorPorts, 'blobs' | 'registry' | 'resultCache' | 'clock'> & {
  readonly evaluator: Pick<CoordinatorPorts['evaluator'], 'evaluate'>;
};

/** Works at one task: what its expressions see, and how they are evaluated. */
interface Scope {
  readonly state: RunState;
  readonly task: TaskState;
  readonly opener: Opener;
  readonly ports: EvaluationPorts;
  /** Fills in a template; `field` is for the error. @throws DataError as the expression says */
  fill(field: string, template: Json, more?: Readonly<Record<string, Json>>): Promise<Json>;
}

/**
 * Finds out what the engine asks for before tasks can begin: conditions, items, inputs, values, votes, versions. What is
 * wrong with a task's own data is its failure; what a service behind a port fails with is thrown.
 */
export async function evaluateTasks(
  state: RunState,
  tasks: readonly TaskIndex[],
  ports: EvaluationPorts,
): Promise<Evaluations> {
  const opener = createOpener(ports.blobs);
  const evaluations = await Promise.all(
    tasks.map(async (index): Promise<[string, Evaluation]> => {
      const task = taskAt(state, index);
      const key = evaluationKey(index, task);
      try {
        return [key, await evaluate(scopeOf(state, task, opener, ports))];
      } catch (error) {
        if (!(error instanceof MusterError) || error.class === 'system') throw error;
        return [key, { error: error.toReport() }];
      }
    }),
  );
  return new Map(evaluations);
}

async function evaluate(scope: Scope): Promise<Evaluation> {
  const { task } = scope;
  const { definition, fallback, parent, children } = task;
  if (fallback !== undefined) return fallBack(scope);
  const { when, forEach, workflow, waitFor, ask, value, consensus, near } = definition;
  if (when !== undefined && task.gates === undefined && isFirstAttempt(task) && parent === undefined) {
    const holds = await scope.fill('when', when);
    if (typeof holds !== 'boolean') {
      throw new DataError(
        'invalid_condition',
        `task ${definition.id}: when must answer true or false, not ${typeof holds}`,
      );
    }
    if (!holds) return { when: false };
  }
  if (forEach && children === undefined) return { items: await itemsOf(scope, forEach.items) };
  if (wantsGates(task)) return { gates: await gatesOfTask(scope.state, task, scope.fill) };
  if (value !== undefined) return { result: await storedResult(scope, await scope.fill('value', value)) };
  if (consensus) return vote(scope);
  if (waitFor) {
    const key = waitFor.key === undefined ? undefined : await scope.fill('waitFor.key', waitFor.key);
    return key === undefined ? {} : { key: textOf(key) };
  }
  if (ask) {
    const question = textOf(await scope.fill('ask.question', ask.question)).slice(0, 2_000);
    if (ask.shows === undefined) return { question };
    return { question, shows: await storedResult(scope, await scope.fill('ask.shows', ask.shows)) };
  }
  const input = await scope.fill('input', definition.input ?? {});
  if (workflow) return { input, version: await versionOf(scope, input) };
  return { input, ...(near !== undefined && { near: textOf(await scope.fill('near', near)) }) };
}

/** The input of a task that is on its way to an agent or a sub-workflow, once more. */
export async function inputOf(state: RunState, index: TaskIndex, ports: EvaluationPorts): Promise<Json> {
  const task = taskAt(state, index);
  const scope = scopeOf(state, task, createOpener(ports.blobs), ports);
  const { input = {}, fallback } = task.definition;
  return scope.fill('input', task.fallback === undefined ? input : (fallback?.input ?? input));
}

function scopeOf(state: RunState, task: TaskState, opener: Opener, ports: EvaluationPorts): Scope {
  let seen: Promise<Record<string, Json>> | undefined;
  async function bindings(): Promise<Record<string, Json>> {
    const results = await opener.openAll(visibleResults(state, task));
    const own = task.undoOf === undefined ? undefined : taskAt(state, task.undoOf);
    const { item, position } = own ?? task;
    return {
      input: visibleInput(state, own ?? task),
      results,
      ...(own && { result: own.result ? await opener.open(own.result) : null }),
      ...(item !== undefined && { item, index: position ?? 0 }),
    };
  }
  return {
    state,
    task,
    opener,
    ports,
    async fill(field, template, more = {}) {
      const expressions = listExpressions(template);
      if (expressions.length === 0) return template;
      seen ??= bindings();
      const visible = { ...(await seen), ...more };
      const seed = `${state.runId}/${task.definition.id}/${field}`;
      const jobs: ExpressionJob[] = expressions.map(({ source }) => ({
        source,
        bindings: visible,
        now: state.startedAt,
        seed,
      }));
      const answers = await ports.evaluator.evaluate(jobs);
      const values = answers.map((answer, position) => {
        if ('value' in answer) return answer.value;
        const path = [field, ...(expressions[position]?.path ?? [])].join('.');
        throw located(answer.error, `task ${task.definition.id}, ${path}`);
      });
      return fillTemplate(template, values);
    },
  };
}

function located(error: ErrorReport, where: string): MusterError {
  return new MusterError({ ...error, message: `${where}: ${error.message}`.slice(0, 2_000) });
}

async function itemsOf(scope: Scope, items: string | Json[]): Promise<Json[]> {
  const { id } = scope.task.definition;
  const value = typeof items === 'string' ? await scope.fill('forEach.items', items) : items;
  // JSONata answers a list of one as the one, and an empty list as nothing.
  const list = Array.isArray(value) ? value : value === null ? [] : [value];
  const most = LIMITS.tasks - scope.state.tasks.length;
  if (list.length > most) {
    throw new DataError('too_many_items', `task ${id} would make ${list.length} tasks; the run has room for ${most}`);
  }
  return list;
}

async function vote({ state, task, opener, ports, fill }: Scope): Promise<Evaluation> {
  const { consensus, id } = task.definition;
  const participants = participantsOf(state, task);
  const votes: Vote[] = [];
  for (const { participant, answered } of participants) {
    if (!answered) continue;
    const result = await opener.open(answered);
    const said = consensus?.vote ? await fill('consensus.vote', consensus.vote, { result }) : voteOf(result);
    votes.push({ participant, vote: said });
  }
  const outcome: Tally = tally(votes, participants.length, consensus ?? {});
  if ('decision' in outcome) {
    return { result: await storeResult(outcome.decision, state.request.tenant, ports.blobs) };
  }
  if ('error' in outcome) {
    return { error: { ...outcome.error, class: 'non_recoverable', message: `task ${id}: ${outcome.error.message}` } };
  }
  const options = outcome.tie.map((side) => textOf(side).slice(0, 64));
  return { tie: { question: `the vote of "${id}" is a tie: which one?`, options } };
}

/** Who could vote: what the task depends on; of a group or a forEach, each of its tasks. */
function participantsOf(state: RunState, task: TaskState) {
  const each = (index: TaskIndex): TaskIndex[] => {
    const { children } = taskAt(state, index);
    return children ? [...rangeOf(children)] : [index];
  };
  return (task.definition.dependsOn ?? []).flatMap((name) => {
    const index = state.indexOf.get(name);
    const members = index === undefined ? (state.groups[name]?.members ?? []) : [index];
    return members.flatMap(each).map((member) => ({
      participant: nameFor(state, task, taskAt(state, member).definition.id),
      answered: resultOf(state, member),
    }));
  });
}

/** A participant's vote when the definition does not say where it is: its `vote`, else all it answered. */
function voteOf(result: Json): Json {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return result;
  return result.vote ?? result;
}

/** The version that the sub-workflow will be, once it is sure that it exists and takes this input. */
async function versionOf({ state, task, ports }: Scope, input: Json): Promise<number> {
  const { workflow, id } = task.definition;
  const depth = (state.request.parent?.depth ?? 0) + depthOf(state, task) + 1;
  if (depth > LIMITS.depth) {
    throw new DataError(
      'too_deep',
      `task ${id}: sub-workflows may be ${LIMITS.depth} deep; this would be number ${depth}`,
    );
  }
  const over = tooDeepFor(budgetsOf(state, task, await ports.registry.agents()));
  if (over !== undefined) throw new DataError('budget_exhausted', `task ${id}: ${over}`);
  const definition = workflow && (await ports.registry.definition(workflow.name, workflow.version));
  if (!definition) {
    const version = workflow?.version === undefined ? '' : ` version ${workflow.version}`;
    throw new DataError(
      'unknown_workflow',
      `task ${id}: there is no workflow "${workflow?.name}"${version}; deploy it first`,
    );
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new DataError('invalid_input', `task ${id}: the input of a sub-workflow is an object`);
  }
  checkInput(definition, input);
  return definition.version;
}

/** A fallback that needs no agent answers at once; one that does gets its input. */
async function fallBack(scope: Scope): Promise<Evaluation> {
  const { state, task, ports } = scope;
  const { fallback = {}, id, input = {} } = task.definition;
  if (fallback.value !== undefined)
    return { result: await storedResult(scope, await scope.fill('fallback.value', fallback.value)) };
  if (fallback.cachedSeconds === undefined)
    return { input: await scope.fill('fallback.input', fallback.input ?? input) };
  const cached = await ports.resultCache.get(state.request.tenant, state.definition.name, id);
  if (cached && ports.clock.now() - cached.at <= fallback.cachedSeconds * 1_000) return { result: cached.result };
  const why = cached ? `is older than ${fallback.cachedSeconds} s` : 'does not exist';
  const message = `${task.fallback?.message ?? 'it failed'}; a cached result of task ${id} ${why}`.slice(0, 2_000);
  return { error: { code: task.fallback?.code ?? 'no_cached_result', class: 'non_recoverable', message } };
}

function storedResult({ state, ports }: Scope, value: Json) {
  return storeResult(value, state.request.tenant, ports.blobs);
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
