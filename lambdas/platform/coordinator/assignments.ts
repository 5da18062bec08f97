import type { BlobRef, UpstreamValue } from '../../contracts/blob.ts';
import type { Header } from '../../contracts/envelope.ts';
import { asJson, type Json } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { TaskAssignment } from '../../contracts/messages.ts';
import { typeOf } from '../../contracts/workflow-definition.ts';
import { passFor } from '../../runtime/memory/memory-pass.ts';
import { budgetsOf } from '../../workflow/budgets.ts';
import type { TaskIndex } from '../../workflow/events.ts';
import { recordedIn } from '../../workflow/fork-run.ts';
import { urgencyOf } from '../../workflow/line.ts';
import { visibleResults } from '../../workflow/results.ts';
import { type RunState, type TaskState, taskAt } from '../../workflow/state.ts';
import { workOf } from '../../workflow/task-types.ts';
import { evaluationKey } from '../../workflow/turn.ts';
import { answersFor } from './answers.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import { type EvaluationPorts, type Evaluations, inputOf } from './evaluate.ts';

/** What agents remember of their steps is kept for longer than this in any case. */
const WEEKS_MS = 14 * 86_400_000;

/** Builds the messages that hand tasks to agents. */
export function createAssigner(
  state: RunState,
  evaluations: Evaluations,
  ports: EvaluationPorts & Pick<CoordinatorPorts, 'memoryPassKey'>,
  now: number,
) {
  const manifests = new Map<readonly string[], Promise<BlobRef>>();

  async function upstream(task: TaskState): Promise<Pick<TaskAssignment, 'upstream' | 'upstream_ref'>> {
    const visible = visibleResults(state, task);
    const names = Object.keys(visible);
    if (names.length === 0) return {};
    if (names.reduce((sum, name) => sum + lengthOf(visible[name]), 0) <= LIMITS.upstreamResults) {
      return { upstream: visible };
    }
    // Tasks of one layer often share the list of what they depend on.
    const key = task.definition.sees ? names : (task.definition.dependsOn ?? names);
    const stored = manifests.get(key) ?? ports.blobs.put(state.request.tenant, asJson(visible));
    manifests.set(key, stored);
    return { upstream_ref: await stored };
  }

  return async function assignment(
    index: TaskIndex,
    agent: string,
    id: string,
  ): Promise<{ header: Header; payload: Json }> {
    const task = taskAt(state, index);
    const priority = urgencyOf(state, task);
    const notAfter = task.due ?? state.deadline;
    const header: Header = {
      message_id: id,
      correlation_id: state.request.correlation_id,
      timestamp: new Date(now).toISOString(),
      sender: 'coordinator',
      receiver: agent,
      message_type: 'task_assignment',
      priority,
      ttl: Math.max(1, Math.min(1_209_600, Math.ceil((notAfter - now) / 1_000))),
      tenant: state.request.tenant,
      schema_version: 1,
      attempt: task.attempt,
      not_after: notAfter,
    };
    const { id: taskId, description } = task.definition;
    const budgets = budgetsOf(state, task, await ports.registry.agents());
    const payload = {
      run_id: state.runId,
      task: {
        task_id: taskId,
        task_type: workOf(task).type ?? typeOf(task.definition),
        description: description ?? '',
        inputs: await knownInput(index),
        priority,
        deadline: notAfter / 1_000,
      },
      ...(task.epoch !== undefined && { epoch: task.epoch }),
      ...(state.deadline - now > WEEKS_MS && { run_deadline: state.deadline }),
      ...(await upstream(task)),
      ...(await answersFor(state, task, ports.blobs)),
      ...(await parametersFor(agent)),
      ...(budgets.length > 0 && { budgets }),
      ...recordedIn(state),
      ...(await memoryPassFor(agent, taskId, notAfter)),
    } satisfies TaskAssignment;
    return { header, payload: asJson(payload) };
  };

  /** What was set for all runs, and over it what was set for this one; null takes one back. */
  async function parametersFor(name: string): Promise<Pick<TaskAssignment, 'parameters'>> {
    const agent = (await ports.registry.agents()).find((known) => known.name === name);
    const set = { ...agent?.set?.values, ...state.parameters?.[name] };
    const parameters = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== null));
    return Object.keys(parameters).length === 0 ? {} : { parameters };
  }

  /** Who has no memories knocks at no door. */
  async function memoryPassFor(
    agent: string,
    taskId: string,
    until: number,
  ): Promise<Pick<TaskAssignment, 'memory_pass'>> {
    const known = (await ports.registry.agents()).find(({ name }) => name === agent);
    if (known?.memory === undefined) return {};
    const { tenant } = state.request;
    const key = await ports.memoryPassKey.make();
    return { memory_pass: passFor({ agent, runId: state.runId, taskId }, tenant, until, key) };
  }

  async function knownInput(index: TaskIndex): Promise<Json> {
    const known = evaluations.get(evaluationKey(index, taskAt(state, index)));
    return known && 'input' in known && known.input !== undefined ? known.input : inputOf(state, index, ports);
  }
}

function lengthOf(value: UpstreamValue | undefined): number {
  if (!value || !('list' in value)) return 1;
  return value.list.reduce((sum, one) => sum + (one && 'list' in one ? one.list.length : 1), 0);
}
