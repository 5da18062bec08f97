import { DataError, type ErrorReport, MusterError } from '../../contracts/errors.ts';
import type { FlowRule, Gate, Limit } from '../../contracts/flow-control.ts';
import type { Json } from '../../contracts/json.ts';
import { gateOf } from '../../flow/flow-identity.ts';
import { listExpressions } from '../../workflow/expressions.ts';
import { type RunState, type TaskState, taskAt } from '../../workflow/state.ts';
import type { Evaluation } from '../../workflow/turn.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';

/** Fills in a template; `field` is for the error. @throws DataError as the expression says */
type Fill = (field: string, template: Json) => Promise<Json>;

/** What a task must pass before each attempt. Tasks of a forEach share the limits of their parent. */
export async function gatesOfTask(state: RunState, task: TaskState, fill: Fill): Promise<Gate[]> {
  const { id } = task.parent === undefined ? task.definition : taskAt(state, task.parent).definition;
  return gatesOfLimits(state, task.definition.limits ?? [], `${state.definition.name}/${id}`, fill);
}

/** What the run itself must pass before its first task: its keys see nothing but its input. */
export async function evaluateAdmission(
  state: RunState,
  evaluator: Pick<CoordinatorPorts['evaluator'], 'evaluate'>,
): Promise<Evaluation> {
  const fill: Fill = async (field, template) => {
    const source = listExpressions(template)[0]?.source;
    if (source === undefined) return template;
    const seed = `${state.runId}/${field}`;
    const bindings = { input: state.input, results: {} };
    const [answer] = await evaluator.evaluate([{ source, bindings, now: state.startedAt, seed }]);
    if (!answer) throw new Error(`the evaluator did not answer for ${field}`);
    if ('error' in answer) throw located(answer.error, field);
    return answer.value;
  };
  try {
    return { gates: await admissionGates(state, fill) };
  } catch (error) {
    if (!(error instanceof MusterError) || error.class === 'system') throw error;
    return { error: error.toReport() };
  }
}

async function admissionGates(state: RunState, fill: Fill): Promise<Gate[]> {
  const { name, admission = {} } = state.definition;
  const { debounce, singleton, batch, limits = [] } = admission;
  const gates: Gate[] = [];
  const add = async (field: string, key: string | undefined, rule: FlowRule): Promise<void> => {
    gates.push(gateOf({ ...own(state), rule, name, key: await keyOf(field, key, fill) }));
  };
  if (debounce) {
    const { key, ...rest } = debounce;
    await add('admission.debounce.key', key, { kind: 'debounce', ...rest });
  }
  if (singleton) await add('admission.singleton.key', singleton.key, { kind: 'singleton', mode: singleton.mode });
  if (batch) {
    const { size, seconds } = batch;
    await add('admission.batch.key', batch.key, { kind: 'batch', size, seconds });
  }
  return [...gates, ...(await gatesOfLimits(state, limits, name, (field, key) => fill(`admission.${field}`, key)))];
}

/** Rates first: what they let through may still wait for others. The same order for all, so that no two wait in a circle. */
async function gatesOfLimits(state: RunState, limits: readonly Limit[], owner: string, fill: Fill): Promise<Gate[]> {
  const gates = new Map<string, Gate>();
  for (const [position, { name = owner, key, scope = 'tenant', concurrency, rate }] of limits.entries()) {
    const rule: FlowRule = rate ? { kind: 'rate', ...rate } : { kind: 'concurrency', limit: concurrency ?? 1 };
    const value = await keyOf(`limits.${position}.key`, key, fill);
    const gate = gateOf({ ...own(state), scope, rule, name, key: value });
    gates.set(gate.flow_id, gate);
  }
  const rank = ({ rule }: Gate): number => (rule.kind === 'rate' ? 0 : 1);
  return [...gates.values()].sort((a, b) => rank(a) - rank(b) || (a.flow_id < b.flow_id ? -1 : 1));
}

const own = ({ request }: RunState) => ({ scope: 'tenant', tenant: request.tenant }) as const;

async function keyOf(field: string, key: string | undefined, fill: Fill): Promise<string> {
  if (key === undefined) return '';
  const value = await fill(field, key);
  if (value === null || value === '') {
    const hint = 'say what counts where there is none, such as {% $input.customer ?? "none" %}';
    throw new DataError('empty_key', `${field}: the key ${key} yields nothing; ${hint}`.slice(0, 2_000));
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function located(error: ErrorReport, where: string): MusterError {
  return new MusterError({ ...error, message: `${where}: ${error.message}`.slice(0, 2_000) });
}
