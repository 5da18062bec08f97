import { virtualWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import type { Header } from '../../../lambdas/contracts/envelope.ts';
import { asJson, type Json } from '../../../lambdas/contracts/json.ts';
import { StatusUpdate } from '../../../lambdas/contracts/messages.ts';
import type { Agent } from '../../../lambdas/runtime/agent.ts';
import type { AgentPorts } from '../../../lambdas/runtime/agent-ports.ts';
import { agentWork } from '../../../lambdas/runtime/agent-work.ts';
import { decodeMessage, encodeMessage } from '../../../lambdas/runtime/message-codec.ts';
import type { QueueRecord } from '../../../lambdas/runtime/queue-record.ts';
import { NOW, RUN_ID } from '../../support/factories.ts';

const REPORTS = 'memory://coordinator.fifo';
const INBOX = 'memory://worker-standard';

/** An agent's runtime over memory ports, and a look at what it did. */
export function bench(agent: Agent, overrides: Partial<AgentPorts> = {}) {
  const world = virtualWorld();
  const reports = world.queues.create(REPORTS);
  const warnings: string[] = [];
  const ports: AgentPorts = {
    ...{
      clock: world.clock,
      ids: world.ids,
      blobs: world.blobs,
      messageSecurity: world.messageSecurity,
      bus: world.bus,
      secrets: world.secrets,
      claims: world.claims,
    },
    ...{ queues: world.queuePort, coordinatorQueue: REPORTS },
    logger: {
      debug() {},
      info() {},
      error: (message) => void warnings.push(message),
      warn: (message) => void warnings.push(message),
    },
    visibility: world.visibility,
    bucket: () => undefined,
    secretName: () => undefined,
    setting: () => undefined,
    inboxUrl: () => INBOX,
    ...overrides,
  };
  let sent = 0;
  const counting: AgentPorts['queues'] = {
    ...ports.queues,
    send: (url, messages) => {
      sent += messages.length;
      return ports.queues.send(url, messages);
    },
  };
  const work = agentWork(agent, { ...ports, queues: counting });
  return {
    ...world,
    warnings,
    run: (...records: QueueRecord[]) => work(records, { remainingMs: () => 60_000, note: () => {} }),
    async assignment(
      overrides: {
        taskId?: string;
        inputs?: Json;
        header?: Partial<Header>;
        receiveCount?: number;
        upstream?: Json;
        upstream_ref?: Json;
        parameters?: Json;
      } = {},
    ): Promise<QueueRecord> {
      const {
        taskId = 'a',
        inputs = {},
        header = {},
        receiveCount = 1,
        upstream,
        upstream_ref,
        parameters,
      } = overrides;
      const full: Header = {
        ...{
          message_id: `m-${taskId}`,
          correlation_id: 'c',
          timestamp: new Date(NOW).toISOString(),
          sender: 'coordinator',
        },
        ...{ receiver: agent.manifest.name, message_type: 'task_assignment', priority: 2, ttl: 300, tenant: 'default' },
        ...{ schema_version: 1, attempt: 1, not_after: NOW + 300_000 },
        ...header,
      };
      const task = {
        task_id: taskId,
        task_type: 'work',
        description: '',
        inputs,
        priority: 2,
        deadline: NOW / 1_000 + 300,
      };
      const more = {
        ...(upstream !== undefined && { upstream }),
        ...(upstream_ref !== undefined && { upstream_ref }),
        ...(parameters !== undefined && { parameters }),
      };
      const payload = asJson({ run_id: RUN_ID, task, ...more });
      return record(await encodeMessage({ header: full, payload }, world), receiveCount, taskId);
    },
    reportsSoFar: () => sent,
    /** What was reported, message by message. */
    async reported() {
      const messages: StatusUpdate[] = [];
      for (let batch = reports.receive(10); batch.length > 0; batch = reports.receive(10)) {
        for (const item of batch) messages.push(StatusUpdate.parse((await decodeMessage(item.body, world)).payload));
        reports.delete(batch.map((item) => item.receiptHandle));
      }
      return messages;
    },
  };
}

export function record(body: string, receiveCount = 1, id = 'r'): QueueRecord {
  return {
    id,
    body,
    receiptHandle: `receipt-${id}`,
    receiveCount,
    sentAt: NOW,
    senderId: 'x',
    groupId: 'default',
    queueArn: 'arn:aws:sqs:x:1:worker-standard',
  };
}
