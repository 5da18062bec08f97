import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { Header } from '../../../../lambdas/contracts/envelope.ts';
import type { FlowRule } from '../../../../lambdas/contracts/flow-control.ts';
import { asJson, type Json } from '../../../../lambdas/contracts/json.ts';
import type { AskFlow } from '../../../../lambdas/contracts/messages.ts';
import { createCoordinator } from '../../../../lambdas/platform/coordinator/coordinator.ts';
import type { CoordinatorPorts } from '../../../../lambdas/platform/coordinator/coordinator-ports.ts';
import { decodeMessage, encodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import type { OutgoingMessage } from '../../../../lambdas/runtime/ports.ts';
import type { QueueRecord } from '../../../../lambdas/runtime/queue-record.ts';
import { gateWith, runNamed } from '../../../support/flow-player.ts';

interface Said {
  readonly queue: string;
  readonly group: string | undefined;
  readonly delaySeconds: number | undefined;
  readonly type: string;
  readonly header: Header;
  readonly payload: Json;
}

const unused = (): never => {
  throw new Error('a flow has no use for this');
};

/** The coordinator on memory ports, and what it sends. */
export function flowRig(rule: FlowRule) {
  const world = virtualWorld();
  const gate = gateWith(rule);
  const sent: Array<{ queue: string; message: OutgoingMessage }> = [];
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const ports: CoordinatorPorts = {
    ...world,
    random: () => 0.5,
    logger: { debug: log, info: log, warn: log, error: log },
    queues: {
      send: async (queue, messages) => void sent.push(...messages.map((message) => ({ queue, message }))),
      depth: async () => ({ waiting: 0, inFlight: 0 }),
    },
    evaluator: { evaluate: unused, check: unused },
    write: log,
    platformRoles: { coordinator: 'AROACOORDINATOR', timers: 'AROATIMERS', sweeper: 'AROASWEEPER' },
    coordinatorQueue: 'coordinator',
    timersQueue: 'timers',
    auditQueue: 'audit.fifo',
  };

  async function record(
    type: string,
    payload: Json,
    from: Partial<{ sender: string; role: string; count: number }> = {},
  ) {
    const { sender = 'coordinator', role = `AROA${sender.toUpperCase()}`, count = 1 } = from;
    const header: Header = {
      ...{ message_id: world.ids.uuid(), correlation_id: 'c', timestamp: new Date(world.clock.now()).toISOString() },
      ...{ sender, receiver: 'coordinator', message_type: type, tenant: 'default' },
      ...{ priority: 2, ttl: 300, schema_version: 1 },
    };
    const made: QueueRecord = {
      ...{ id: header.message_id, receiptHandle: '', receiveCount: count, sentAt: 0, groupId: gate.flow_id },
      ...{ senderId: `${role}:session`, body: await encodeMessage({ header, payload }, world) },
    };
    return made;
  }

  function ask(name: string, more: Partial<AskFlow> = {}): Json {
    const claimant = { tenant: 'default', workflow: 'test', priority: 2 } as const;
    const now = world.clock.now();
    const numbers = { asked: 1, returned: 0, since: now, expires_at: now + 3_600_000 };
    return asJson({ run_id: runNamed(name), claimant, gate, ...numbers, ...more });
  }

  const warm = createCoordinator(ports);
  /** Ids of the messages that must come back. @param changed by a container of its own, with these ports */
  function deliver(records: readonly QueueRecord[], changed?: Partial<CoordinatorPorts>): Promise<readonly string[]> {
    const coordinator = changed ? createCoordinator({ ...ports, ...changed }) : warm;
    return coordinator(records, { remainingMs: () => 30_000, note: () => {} });
  }

  /** What was sent since last asked. */
  async function said(): Promise<Said[]> {
    const taken = sent.splice(0);
    return Promise.all(
      taken.map(async ({ queue, message }) => {
        const { header, payload } = await decodeMessage(message.body, world);
        const { groupId: group, delaySeconds } = message;
        return { queue, group, delaySeconds, type: header.message_type, header, payload };
      }),
    );
  }

  return {
    world,
    gate,
    ports,
    record,
    ask,
    deliver,
    said,
    logged,
    journal: () => world.flowJournal.read(gate.flow_id, 0),
  };
}
