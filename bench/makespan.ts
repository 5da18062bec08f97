import { type TaskDefinition, WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';
import { fakeAgent, sleep } from '../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../lambdas/testing/test-fleet.ts';
import type { TracedTask } from './wf-format.ts';

/** A message between coordinator and agent is on its way for so long; a task takes two. */
export const HOP_MS = 50;
/** A week, the most that the engine gives a task, and far longer than a Lambda: what is measured is the engine. */
const LONGEST_SECONDS = 604_800;

/** Ms along the longest path, each task with its two hops: no engine that sends tasks and hears of their ends is faster. */
export function lowerBoundMs(tasks: readonly TracedTask[], hopMs = HOP_MS): number {
  const ends = new Map<string, number>();
  for (const { id, parents, runtimeMs } of tasks) {
    const ready = Math.max(0, ...parents.map((parent) => ends.get(parent) ?? 0));
    ends.set(id, ready + runtimeMs + 2 * hopMs);
  }
  return Math.max(...ends.values());
}

/** Ms of all tasks together. */
export const workMs = (tasks: readonly TracedTask[]): number =>
  tasks.reduce((sum, { runtimeMs }) => sum + runtimeMs, 0);

/**
 * Runs a trace through the platform in virtual time: production code, an agent that takes as long as the trace says.
 * @param width how many tasks the agent works on at once; undefined: all
 * @returns ms from the start of the run to its end
 */
export async function makespanMs(name: string, tasks: readonly TracedTask[], width?: number): Promise<number> {
  const runtimes = new Map(tasks.map(({ id, runtimeMs }, place) => [`t${place}`, { id, runtimeMs }]));
  const agent = fakeAgent('worker', {
    work: async (_, ctx) => sleep(ctx, runtimes.get(ctx.taskId)?.runtimeMs ?? 0),
  });
  const concurrency = width ?? tasks.length;
  const manifest = { ...agent.manifest, timeoutSeconds: LONGEST_SECONDS, batchSize: 1, concurrency };
  const isHop = (queue: string): boolean => queue.startsWith('memory://worker-') || queue.includes('coordinator');
  const fleet = await createTestFleet({
    agents: [{ ...agent, manifest }],
    hooks: { hopMs: (queue) => (isHop(queue) ? HOP_MS : 0) },
  });
  const { status, error, events } = await fleet.run(definitionOf(name, tasks, width));
  const end = events.find((event) => event.name === 'workflow_completed');
  if (end?.name !== 'workflow_completed') throw new Error(`the run of ${name} ended as ${status}: ${error?.message}`);
  return end.detail.duration_ms;
}

/** One task for each of the trace. Where the width is limited, the engine holds back what the agent could not begin. */
export function definitionOf(name: string, tasks: readonly TracedTask[], width?: number): WorkflowDefinition {
  const places = new Map(tasks.map(({ id }, place) => [id, place]));
  const limit = width === undefined ? undefined : dispatchAhead(tasks, width);
  return WorkflowDefinition.parse({
    name: `trace.${name.toLowerCase().replaceAll(/[^a-z0-9_.-]/g, '-')}`.slice(0, 128),
    timeoutSeconds: LONGEST_SECONDS,
    events: 'workflow',
    ...(limit !== undefined && { groups: { all: { limit } } }),
    tasks: tasks.map(
      ({ id, parents, runtimeMs }, place): TaskDefinition => ({
        id: `t${place}`,
        type: 'work',
        description: id.slice(0, 1_000),
        timeoutSeconds: LONGEST_SECONDS,
        expectedSeconds: runtimeMs / 1_000,
        ...(parents.length > 0 && { dependsOn: parents.map((parent) => `t${places.get(parent)}`) }),
        ...(limit !== undefined && { group: 'all' }),
      }),
    ),
  });
}

/**
 * A place that became free would stand empty for two hops; with short tasks that adds up, so as many more are sent as
 * places would be empty on average. Not more: what lies in an inbox is done in the order in which it was sent.
 */
function dispatchAhead(tasks: readonly TracedTask[], width: number): number {
  const mean = workMs(tasks) / tasks.length;
  return width + Math.round((width * 2 * HOP_MS) / Math.max(mean, 2 * HOP_MS));
}
