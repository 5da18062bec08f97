import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../../lambdas/adapters/system.ts';
import { DataError } from '../../../../../lambdas/contracts/errors.ts';
import type { Json, JsonObject } from '../../../../../lambdas/contracts/json.ts';
import { Json as JsonSchema } from '../../../../../lambdas/contracts/json.ts';
import type { TaskDefinition } from '../../../../../lambdas/contracts/workflow-definition.ts';
import type { Agent, AgentContext } from '../../../../../lambdas/runtime/agent.ts';
import { withoutAbilities } from '../../../../../lambdas/runtime/open-abilities.ts';
import type { ObjectStore } from '../../../../../lambdas/runtime/ports.ts';
import { extractor } from '../../../../../lambdas/systems/etl/agents/extractor/agent.ts';
import { agent as loader } from '../../../../../lambdas/systems/etl/agents/loader/agent.ts';
import { agent as orchestrator } from '../../../../../lambdas/systems/etl/agents/orchestrator/agent.ts';
import { agent as transformer } from '../../../../../lambdas/systems/etl/agents/transformer/agent.ts';
import { agent as validator } from '../../../../../lambdas/systems/etl/agents/validator/agent.ts';
import { folderStore } from './folder-store.ts';

const AGENTS: readonly Agent[] = [orchestrator, extractor(() => fetch), transformer, validator, loader];

export interface TestBed {
  readonly root: string;
  readonly bucket: ObjectStore;
  readonly published: Array<{ channel: string; detail: JsonObject }>;
  readonly added: TaskDefinition[];
  readonly progress: number[];
  context(overrides?: Partial<AgentContext>): AgentContext;
  /** Plans the workflow and does every task the plan adds, in the order of their dependencies. */
  run(workflow: string, request: JsonObject, overrides?: Partial<AgentContext>): Promise<Record<string, Json>>;
  /** Does one task with the agent that can, its input and result checked against the manifest. */
  doTask(type: string, input: Json, ctx: AgentContext): Promise<Json>;
  remove(): Promise<void>;
}

export const runId = (n: number) => `run_${String(n).padStart(40, '0')}`;

/** Agents in this process over a bucket that is a temporary folder. */
export async function testBed(secrets: Readonly<Record<string, string>> = {}): Promise<TestBed> {
  const root = await mkdtemp(join(tmpdir(), 'muster-etl-test-'));
  const bucket = folderStore(root);
  const published: TestBed['published'] = [];
  const added: TaskDefinition[] = [];
  const progress: number[] = [];
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

  const context = (overrides: Partial<AgentContext> = {}): AgentContext => ({
    ...withoutAbilities(orchestrator.manifest),
    runId: runId(1),
    taskId: 'task',
    tenant: 'default',
    attempt: 1,
    correlationId: 'correlation',
    logger: silent,
    clock: systemClock,
    signal: new AbortController().signal,
    deadline: Date.now() + 60_000,
    blobs: {
      put: () => Promise.reject(new Error('no blobs here')),
      get: () => Promise.reject(new Error('no blobs here')),
    },
    secret: async (name) => {
      const value = secrets[name];
      if (value === undefined) throw new DataError('secret_not_declared', `no secret "${name}"`);
      return value;
    },
    bucket: () => bucket,
    setting: () => undefined,
    parameters: {},
    upstream: upstreamOf({}),
    progress: (fraction) => void progress.push(fraction),
    heartbeat: async () => {},
    token: async () => 'token',
    addTasks: (tasks) => void added.push(...tasks),
    publish: async (channel, detail) => void published.push({ channel, detail }),
    ...overrides,
  });

  async function doTask(type: string, input: Json, ctx: AgentContext): Promise<Json> {
    const agent = AGENTS.find(({ manifest }) => type in manifest.capabilities);
    const capability = agent?.manifest.capabilities[type];
    const handler = agent?.tasks[type];
    if (!capability || !handler) throw new Error(`no agent does ${type}`);
    const parameters = agent.manifest.parameters?.parse(ctx.parameters) ?? {};
    const result = await handler(capability.input.parse(input), { ...ctx, parameters });
    return JsonSchema.parse(capability.output.parse(JSON.parse(JSON.stringify(result))));
  }

  async function run(workflow: string, request: JsonObject, overrides: Partial<AgentContext> = {}) {
    const results: Record<string, Json> = {};
    added.length = 0;
    results.plan = await doTask('etl.plan', { workflow, request }, context(overrides));
    const waiting = [...added];
    while (waiting.length > 0) {
      const index = waiting.findIndex(({ dependsOn = [] }) => dependsOn.every((id) => id in results));
      const [task] = index === -1 ? [] : waiting.splice(index, 1);
      if (!task) throw new Error(`tasks wait for nothing: ${waiting.map(({ id }) => id).join(', ')}`);
      const upstream = Object.fromEntries((task.dependsOn ?? []).map((id) => [id, results[id] ?? null]));
      const ctx = context({ taskId: task.id, upstream: upstreamOf(upstream), ...overrides });
      results[task.id] = await doTask(task.type ?? '', task.input ?? null, ctx);
    }
    return results;
  }

  return {
    root,
    bucket,
    published,
    added,
    progress,
    context,
    run,
    doTask,
    remove: () => rm(root, { recursive: true }),
  };
}

export function upstreamOf(results: Readonly<Record<string, Json>>): AgentContext['upstream'] {
  function upstream(): Promise<Readonly<Record<string, Json>>>;
  function upstream(taskId: string): Promise<Json>;
  async function upstream(taskId?: string): Promise<Json | Readonly<Record<string, Json>>> {
    return taskId === undefined ? results : (results[taskId] ?? null);
  }
  return upstream;
}
