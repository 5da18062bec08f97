import * as z from 'zod';
import type { Header } from '../../../lambdas/contracts/envelope.ts';
import { asJson, Json } from '../../../lambdas/contracts/json.ts';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import { type Answer, StatusUpdate, type TaskUpdate } from '../../../lambdas/contracts/messages.ts';
import { type Agent, type AgentContext, defineAgent } from '../../../lambdas/runtime/agent.ts';
import type { AgentPorts } from '../../../lambdas/runtime/agent-ports.ts';
import { agentWork } from '../../../lambdas/runtime/agent-work.ts';
import { durableSteps } from '../../../lambdas/runtime/durable/steps.ts';
import { decodeMessage } from '../../../lambdas/runtime/message-codec.ts';
import type { StepsAtWork } from '../../../lambdas/runtime/open-abilities.ts';
import { NO_MESSAGE_SECURITY } from '../../../lambdas/runtime/signing/message-security.ts';
import type { Tool } from '../../../lambdas/runtime/tool.ts';
import { defineTool } from '../../../lambdas/runtime/tools/define-tool.ts';
import { createTools } from '../../../lambdas/runtime/tools/tools.ts';
import { atRest, type Container, type StepsWorld } from './world.ts';

const RUN_ID = `run_${'0'.repeat(40)}`;
const FAR = Date.UTC(2030, 0, 1);
const manifest = defineManifest({
  name: 'worker',
  description: 'Does what a program says.',
  errorImpact: 'Nobody but the simulation.',
  uses: { steps: true },
  timeoutSeconds: 800,
  capabilities: { work: { description: 'A program', input: Json, output: Json } },
});
const paying = defineManifest({ ...manifest, uses: { tools: ['pay'] } });
/** What it does is the simulation's. */
const PAY = defineTool({
  name: 'pay',
  description: 'Pays',
  input: z.object({ name: z.string() }),
  output: z.string(),
  effects: 'outside',
  run: () => '',
});
const SILENT: AgentPorts['logger'] = { debug() {}, info() {}, warn() {}, error() {} };
/** What nothing here asks for. */
const NOT_THERE = {
  bucket: () => undefined,
  secretName: () => undefined,
  setting: () => undefined,
  inboxUrl: () => undefined,
};

export interface Delivery {
  readonly attempt: number;
  readonly receiveCount: number;
  readonly answers: Readonly<Record<string, Answer>>;
}

/** Hands a message to a fresh container, as SQS and Lambda do. What is reported goes to `report`, as long as it lives. */
export async function deliver(
  { attempt, receiveCount, answers }: Delivery,
  container: Container,
  world: StepsWorld,
  handle: (ctx: AgentContext, steps: () => StepsAtWork) => Promise<Json>,
  pay: ((name: string) => Promise<string>) | undefined,
  report: (update: TaskUpdate) => void,
): Promise<void> {
  let opened: StepsAtWork | undefined;
  const steps = (): StepsAtWork => {
    if (!opened) throw new Error('the attempt has no steps');
    return opened;
  };
  const open = durableSteps({ ledger: world.ledgerOf(container), atRest });
  const tools =
    pay &&
    createTools({ ...{ clock: world.clock, claims: world.claimsOf(container) }, http: noHttp, tools: [paidBy(pay)] });
  const agent: Agent = defineAgent(pay ? paying : manifest, { work: (_, ctx) => handle(ctx, steps) });
  const ports: AgentPorts = {
    ...{ clock: world.clock, ids: world.ids, logger: SILENT, claims: undefined, coordinatorQueue: 'reports' },
    ...NOT_THERE,
    messageSecurity: NO_MESSAGE_SECURITY,
    blobs: {
      put: (tenant, value) => world.gated(container, 'result stored', () => world.blobs.put(tenant, value)),
      get: (ref) => world.gated(container, 'result fetched', () => world.blobs.get(ref)),
    },
    queues: {
      depth: async () => ({ waiting: 0, inFlight: 0 }),
      send: (_, messages) =>
        world.gated(container, 'report', async () => {
          for (const { body } of messages) {
            const { payload } = await decodeMessage(body, { ...world, messageSecurity: NO_MESSAGE_SECURITY });
            for (const update of StatusUpdate.parse(payload).updates) report(update);
          }
        }),
    },
    visibility: { extend: async () => {} },
    bus: { publish: async () => {}, publishToChannel: async () => {} },
    secrets: { get: () => Promise.reject(new Error('no secrets')) },
    abilities: {
      steps: (attempt) => {
        opened = open(attempt);
        return opened;
      },
      ...(tools && { tools }),
    },
  };
  const body = JSON.stringify({ header: headerOf(attempt), payload: payloadOf(answers, attempt) });
  const record = { id: 'r', body, receiptHandle: 'r', receiveCount, sentAt: 0, senderId: 'x', groupId: 'default' };
  await Promise.race([
    agentWork(agent, ports)([record], { remainingMs: () => 900_000, note: () => {} }),
    container.died.promise,
  ]);
}

const noHttp = () => () => Promise.reject(new Error('there is no network'));

const paidBy = (pay: (name: string) => Promise<string>): Tool => ({
  ...PAY,
  prepare: (input) => ({ run: () => pay(z.object({ name: z.string() }).parse(input).name) }),
});

const headerOf = (attempt: number): Header => ({
  ...{ message_id: 'm', correlation_id: 'c', timestamp: '2026-01-01T00:00:00Z', sender: 'coordinator' },
  ...{ receiver: 'worker', message_type: 'task_assignment', priority: 2, ttl: 1_209_600, tenant: 'default' },
  ...{ schema_version: 1, attempt, not_after: FAR },
});

const payloadOf = (answers: Delivery['answers'], attempt: number): Json =>
  asJson({
    run_id: RUN_ID,
    task: { task_id: 'a', task_type: 'work', description: '', inputs: null, priority: 2, deadline: FAR / 1_000 },
    ...(attempt > 1 && { answers }),
  });
