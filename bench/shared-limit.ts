import type { Limit } from '../lambdas/contracts/flow-control.ts';
import type { JsonObject } from '../lambdas/contracts/json.ts';
import { WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';
import { fakeAgent, sleep } from '../lambdas/testing/fake-agent.ts';
import { type InProcessPlatform, inProcessPlatform } from '../lambdas/testing/in-process-platform.ts';
import { runIdOf } from '../lambdas/workflow/run-identity.ts';
import { HOP_MS } from './makespan.ts';

/** What an agent's task takes; with its four hops (permit, assignment, report, the permit's return) a permit's round is longer. */
export const SERVICE_MS = 1_000;

/** The platform in virtual time, with one agent that takes {@link SERVICE_MS} for a task, and hops that take {@link HOP_MS}. */
export async function hoppingPlatform(
  options: { concurrency?: number; began?: () => void } = {},
): Promise<InProcessPlatform> {
  const { concurrency = 100, began } = options;
  const isHop = (queue: string): boolean => queue.startsWith('memory://worker-') || queue.includes('coordinator');
  const platform = inProcessPlatform({
    measureEveryMs: 0,
    hooks: { hopMs: (queue) => (isHop(queue) ? HOP_MS : 0) },
  });
  await platform.deploy(
    fakeAgent(
      'worker',
      {
        work: (_, ctx) => {
          began?.();
          return sleep(ctx, SERVICE_MS);
        },
      },
      { batchSize: 1, concurrency },
    ),
  );
  platform.world.bus.subscribe(({ detailType, detail }) => {
    if (detailType === 'workflow_failed' || detailType === 'workflow_rejected')
      throw new Error(`${detailType}: ${JSON.stringify(detail)}`);
  });
  return platform;
}

/** So many tasks at once, each behind these limits. */
export function limited(name: string, count: number, limits: readonly Limit[]): WorkflowDefinition {
  const items = Array.from({ length: count }, (_, index) => index);
  return WorkflowDefinition.parse({
    ...{ name, events: 'workflow', lifecycle: 'queue', timeoutSeconds: 86_400 },
    tasks: [{ id: 't', type: 'work', forEach: { items }, ...(limits.length > 0 && { limits }) }],
  });
}

/** Asks for a run, as a client does. */
export async function request(
  platform: InProcessPlatform,
  workflow: string,
  tenant: string,
  id: string,
  input: JsonObject = {},
) {
  await platform.publish({ name: 'workflow_requested', detail: { workflow, input, tenant, request_id: id } });
  return runIdOf(tenant, id);
}

export interface Begin {
  /** When the task was ready and its run asked for a permit, ms. */
  readonly asked: number;
  readonly dispatched: number;
}

/** When each task of a run asked and began, from its journal. */
export async function begins({ world }: InProcessPlatform, runId: string): Promise<Begin[]> {
  const asked = new Map<number, number>();
  const found: Begin[] = [];
  for (const { at, events } of await world.journal.read(runId, 0)) {
    for (const event of events) {
      if (event.type === 'permits_asked') for (const task of event.tasks) if (!asked.has(task)) asked.set(task, at);
      if (event.type !== 'tasks_dispatched') continue;
      for (const task of event.tasks) found.push({ asked: asked.get(task) ?? at, dispatched: at });
    }
  }
  return found;
}
