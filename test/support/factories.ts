import type { StatusUpdate, TaskUpdate } from '../../lambdas/contracts/messages.ts';
import type { RegisteredAgent } from '../../lambdas/contracts/registry.ts';
import { type TaskDefinition, WorkflowDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import type { TurnContext, TurnInput } from '../../lambdas/workflow/turn.ts';

/** Valid values with overrides, for tests that care about one field. */

export const RUN_ID = `run_${'0'.repeat(40)}`;
export const NOW = Date.parse('2026-01-01T00:00:00Z');

export function registeredAgent(overrides: Partial<RegisteredAgent> = {}): RegisteredAgent {
  const name = overrides.name ?? 'worker';
  return {
    name,
    version: '1.0.0',
    description: 'does what it is told',
    system: 'test',
    capabilities: { work: { description: 'any work', input_types: [], output_types: [] } },
    inbox: { express: `queue://${name}-express`, standard: `queue://${name}-standard` },
    retry: {},
    effects: 'none',
    health: { avgProcessingSeconds: 5, errorRate: 0.05, queueDepth: 100 },
    ...overrides,
  };
}

export function task(id: string, overrides: Partial<TaskDefinition> = {}): TaskDefinition {
  return { id, type: 'work', ...overrides };
}

export function workflow(
  tasks: readonly TaskDefinition[],
  overrides: Partial<WorkflowDefinition> = {},
): WorkflowDefinition {
  return WorkflowDefinition.parse({ name: 'test', tasks, ...overrides });
}

export function turnContext(overrides: Partial<TurnContext> = {}): TurnContext {
  return {
    now: NOW,
    random: () => 0.5,
    agents: [registeredAgent()],
    breakers: new Map(),
    probes: new Map(),
    evaluated: new Map(),
    ...overrides,
  };
}

export function startRun(
  definition: WorkflowDefinition,
  overrides: { token?: string; priority?: 1 | 2 | 3 | 4 } = {},
): TurnInput {
  const request = {
    request_id: 'request-1',
    tenant: 'default',
    correlation_id: 'correlation-1',
    requested_by: 'test',
    priority: overrides.priority ?? 2,
  } as const;
  const token = overrides.token === undefined ? {} : { task_token: overrides.token };
  return { type: 'start_run', payload: { run_id: RUN_ID, request, definition, input: {}, ...token } };
}

export function completed(
  id: string,
  overrides: Partial<Extract<TaskUpdate, { status: 'completed' }>> = {},
): TaskUpdate {
  return {
    status: 'completed',
    task_id: id,
    attempt: 1,
    result: { value: { done: id } },
    duration_ms: 5,
    ...overrides,
  };
}

export function failed(id: string, overrides: Partial<Extract<TaskUpdate, { status: 'failed' }>> = {}): TaskUpdate {
  const error = { code: 'flaky', class: 'recoverable', message: 'not this time' } as const;
  return { status: 'failed', task_id: id, attempt: 1, error, duration_ms: 5, ...overrides };
}

export function report(updates: readonly TaskUpdate[], agent = 'worker', sender = agent): TurnInput {
  const payload: StatusUpdate = { run_id: RUN_ID, agent, updates: [...updates] };
  return { type: 'status_update', messageId: 'message-1', sender, payload };
}
