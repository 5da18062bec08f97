import { virtualWorld } from '../../lambdas/adapters/memory/memory-world.ts';
import type { Header } from '../../lambdas/contracts/envelope.ts';
import { asJson, type Json } from '../../lambdas/contracts/json.ts';
import { type Answer, StatusUpdate, type TaskUpdate } from '../../lambdas/contracts/messages.ts';
import type { TaskDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import type { Agent } from '../../lambdas/runtime/agent.ts';
import type { AgentPorts } from '../../lambdas/runtime/agent-ports.ts';
import { agentWork } from '../../lambdas/runtime/agent-work.ts';
import { durableSteps } from '../../lambdas/runtime/durable/steps.ts';
import { decodeMessage, encodeMessage } from '../../lambdas/runtime/message-codec.ts';
import type { StepLedger } from '../../lambdas/runtime/ports.ts';
import { NOW, RUN_ID } from './factories.ts';

/** What becomes of a task that a handler has delegated. */
export type Answering = (task: TaskDefinition) => Answer | undefined;

export interface Delivery {
  readonly attempt?: number;
  readonly receiveCount?: number;
  readonly epoch?: number;
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly inputs?: Json;
}

/** Whoever plays the coordinator and the queue for one task of an agent with steps. */
export function stepsPlayer(agent: Agent, overrides: Partial<AgentPorts> = {}, ledgerOf = (own: StepLedger) => own) {
  const world = virtualWorld();
  const sent: TaskUpdate[] = [];
  const logged: Array<{ message: string; error?: unknown }> = [];
  const log = (message: string, fields: Record<string, unknown> = {}): void => void logged.push({ message, ...fields });
  const calls = { read: 0, append: 0 };
  const own = ledgerOf(world.ledger);
  const ledger: StepLedger = {
    read: (...args) => {
      calls.read += 1;
      return own.read(...args);
    },
    append: (...args) => {
      calls.append += 1;
      return own.append(...args);
    },
  };
  const ports: AgentPorts = {
    ...{ clock: world.clock, ids: world.ids, blobs: world.blobs, bus: world.bus, secrets: world.secrets },
    ...{
      messageSecurity: world.messageSecurity,
      claims: world.claims,
      visibility: world.visibility,
      coordinatorQueue: 'reports',
    },
    logger: { debug() {}, info: log, warn: log, error: log },
    ...{ bucket: () => undefined, secretName: () => undefined, setting: () => undefined, inboxUrl: () => undefined },
    queues: {
      depth: async () => ({ waiting: 0, inFlight: 0 }),
      async send(_, messages) {
        for (const { body } of messages) {
          const { payload } = await decodeMessage(body, world);
          sent.push(...StatusUpdate.parse(payload).updates);
        }
      },
    },
    abilities: { steps: durableSteps({ ledger }) },
    ...overrides,
  };
  const work = agentWork(agent, ports);

  /** One delivery; answers what was reported, or undefined when the message goes back. */
  async function deliver(delivery: Delivery = {}): Promise<TaskUpdate | undefined> {
    const { attempt = 1, receiveCount = 1, epoch, answers, inputs = {} } = delivery;
    const before = sent.length;
    const header: Header = {
      ...{ message_id: `m-${attempt}`, correlation_id: 'c', timestamp: new Date(NOW).toISOString() },
      ...{
        sender: 'coordinator',
        receiver: agent.manifest.name,
        message_type: 'task_assignment',
        priority: 2,
        ttl: 86_400,
      },
      ...{ tenant: 'default', schema_version: 1, attempt, not_after: NOW + 86_400_000 },
    };
    const task = { task_id: 'a', task_type: 'work', description: '', inputs, priority: 2, deadline: NOW / 1_000 + 300 };
    const payload = asJson({
      ...{ run_id: RUN_ID, task },
      ...(epoch !== undefined && { epoch }),
      ...(answers && { answers }),
    });
    const body = await encodeMessage({ header, payload }, world);
    const record = {
      ...{ id: 'r', body, receiptHandle: 'r', receiveCount, sentAt: NOW, senderId: 'x', groupId: 'default' },
    };
    await work([record], { remainingMs: () => 60_000, note: () => {} });
    return sent[before];
  }

  /** From attempt to attempt until the task is over. What it delegates is answered by `answering`, null by default. */
  async function play(
    answering: Answering = () => ({ result: { value: null } }),
    delivery: Delivery = {},
  ): Promise<{ readonly updates: TaskUpdate[]; readonly last: TaskUpdate | undefined }> {
    const updates: TaskUpdate[] = [];
    const answers: Record<string, Answer> = { ...delivery.answers };
    for (let attempt = delivery.attempt ?? 1; attempt < 100; attempt += 1) {
      const update = await deliver({ ...delivery, attempt, ...(attempt > 1 && { answers }) });
      if (!update) break;
      updates.push(update);
      if (update.status !== 'delegated') break;
      for (const task of update.tasks) {
        const answer = answering(task);
        if (answer) answers[task.id.slice('a..'.length)] = answer;
      }
    }
    return { updates, last: updates.at(-1) };
  }

  return { world, logged, calls, deliver, play, sent };
}
