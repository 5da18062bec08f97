import type { MemoryQueue } from '../../lambdas/adapters/memory/memory-queue.ts';
import { memoryWorld } from '../../lambdas/adapters/memory/memory-world.ts';
import { virtualClock } from '../../lambdas/adapters/memory/virtual-clock.ts';
import type { BusEvent } from '../../lambdas/contracts/bus-events.ts';
import type { Header } from '../../lambdas/contracts/envelope.ts';
import { asJson } from '../../lambdas/contracts/json.ts';
import type { StartRun } from '../../lambdas/contracts/messages.ts';
import type { WorkflowDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import { createCoordinator } from '../../lambdas/platform/coordinator/coordinator.ts';
import type { CoordinatorPorts } from '../../lambdas/platform/coordinator/coordinator-ports.ts';
import { fetchDocuments } from '../../lambdas/platform/coordinator/documents.ts';
import { createTimers } from '../../lambdas/platform/timers/timers.ts';
import type { Agent } from '../../lambdas/runtime/agent.ts';
import type { AgentPorts } from '../../lambdas/runtime/agent-ports.ts';
import { agentWork } from '../../lambdas/runtime/agent-work.ts';
import type { ExpressionEvaluator } from '../../lambdas/runtime/expressions-port.ts';
import { encodeMessage } from '../../lambdas/runtime/message-codec.ts';
import type { Logger } from '../../lambdas/runtime/ports.ts';
import type { BatchWork } from '../../lambdas/runtime/queue-handler.ts';
import { evolve } from '../../lambdas/workflow/evolve.ts';
import { newRun, type RunState } from '../../lambdas/workflow/state.ts';
import { capacityOf } from '../../lib/constructs/agent-timing.ts';
import { RUN_ID } from './factories.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const noExpressions: ExpressionEvaluator = {
  check: async () => ({ ok: true }),
  evaluate: async () => {
    throw new Error('this fleet evaluates no expressions');
  },
};
const COORDINATOR = 'memory://coordinator.fifo';
const TIMERS = 'memory://timers';

export interface FleetOptions {
  readonly agents: readonly Agent[];
  readonly evaluator?: ExpressionEvaluator;
  readonly logger?: Logger;
  /** Stands between the coordinator and its ports, to break them. */
  readonly disturb?: (ports: CoordinatorPorts) => CoordinatorPorts;
  /** True when an acknowledgement is lost: the messages come back though their work was done. */
  readonly losesAcknowledgement?: () => boolean;
  /** Stands around the coordinator, to measure it. */
  readonly around?: (work: BatchWork) => BatchWork;
}

/**
 * Production code of coordinator, timers and agents over memory ports, in virtual time and one process.
 * Nothing happens until {@link settle} lets it.
 */
export function createFleet({
  agents,
  evaluator = noExpressions,
  logger = silent,
  around = (work) => work,
  disturb = (ports) => ports,
  losesAcknowledgement = () => false,
}: FleetOptions) {
  const clock = virtualClock();
  const world = memoryWorld({ clock });
  const lambdas = new Map<MemoryQueue, { work: BatchWork; concurrency: number }>();
  const published: BusEvent[] = [];
  world.bus.subscribe(({ detailType, detail }) => published.push({ name: detailType, detail } as unknown as BusEvent));

  const ports: CoordinatorPorts = {
    ...{ clock, ids: world.ids, random: () => 0.5, logger, evaluator },
    ...{ journal: world.journal, runs: world.runs, registry: world.registry, blobs: world.blobs },
    ...{ queues: world.queues.port('coordinator'), bus: world.bus, lifecycle: world.lifecycle },
    ...{ platformRoles: {}, coordinatorQueue: COORDINATOR, timersQueue: TIMERS },
  };
  const timersPorts = { ...ports, queues: world.queues.port('timers') };
  const coordinator = (): BatchWork => around(createCoordinator(disturb(ports)));
  lambdas.set(world.queues.create(COORDINATOR), { work: coordinator(), concurrency: 1 });
  lambdas.set(world.queues.create(TIMERS), { work: createTimers(timersPorts), concurrency: 1 });

  async function deploy(agent: Agent): Promise<void> {
    const { manifest } = agent;
    const inbox = { express: `memory://${manifest.name}-express`, standard: `memory://${manifest.name}-standard` };
    const agentPorts: AgentPorts = {
      ...{
        clock,
        ids: world.ids,
        logger,
        blobs: world.blobs,
        bus: world.bus,
        secrets: world.secrets,
        claims: world.claims,
      },
      ...{ queues: world.queues.port(manifest.name), visibility: world.visibility, coordinatorQueue: COORDINATOR },
      ...{
        bucket: () => undefined,
        secretName: (name: string) => name,
        setting: () => undefined,
        inboxUrl: () => inbox.standard,
      },
    };
    const work = agentWork(agent, agentPorts);
    for (const url of Object.values(inbox))
      lambdas.set(world.queues.create(url), { work, concurrency: manifest.concurrency });
    const capabilities = Object.fromEntries(
      Object.entries(manifest.capabilities).map(([type, { description }]) => [
        type,
        { description, input_types: [], output_types: [] },
      ]),
    );
    const { name, version, description, retry, effects, health } = manifest;
    const capacity = capacityOf(manifest, { ...manifest, batchSize: manifest.batchSize ?? 1 });
    await world.registry.registerAgent({
      name,
      version,
      description,
      system: 'test',
      capabilities,
      inbox,
      retry,
      effects,
      health,
      ...(capacity !== undefined && { capacity }),
    });
  }
  const deployed = Promise.all(agents.map((agent) => deploy(agent)));

  /** One delivery, as Lambda's event source does it; false when the queue has nothing now. */
  async function deliver(queue: MemoryQueue, work: BatchWork): Promise<boolean> {
    if ((queue.nextAt() ?? Number.POSITIVE_INFINITY) > clock.now()) return false;
    const records = queue.receive(10);
    if (records.length === 0) return false;
    world.meter.add('lambda', 1);
    const failed = new Set(await work(records, { remainingMs: () => 60_000, note: () => {} }));
    if (losesAcknowledgement()) return true;
    queue.delete(records.filter((record) => !failed.has(record.id)).map((record) => record.receiptHandle));
    return true;
  }

  return {
    ...world,
    ports,
    published,

    async start(
      definition: WorkflowDefinition,
      options: { runId?: string; input?: StartRun['input']; token?: string } = {},
    ): Promise<string> {
      await deployed;
      const { runId = RUN_ID, input = { value: {} }, token } = options;
      const request = {
        request_id: runId,
        tenant: 'default',
        correlation_id: 'c',
        requested_by: 'test',
        priority: 2,
      } as const;
      const payload = {
        run_id: runId,
        request,
        definition: { value: definition },
        input,
        ...(token !== undefined && { task_token: token }),
      };
      await world.runs.create({
        ...{ runId, tenant: 'default', requestId: runId, correlationId: 'c', workflow: definition.name, version: 1 },
        ...{ requestDigest: '', status: 'requested', requestedAt: clock.now() },
      });
      await this.tell('start_run', 'intake', payload, runId);
      return runId;
    },

    /** Puts a message on the coordinator's queue. */
    async tell(type: string, sender: string, payload: object, runId: string = RUN_ID): Promise<void> {
      const header: Header = {
        ...{
          message_id: world.ids.uuid(),
          correlation_id: 'c',
          timestamp: new Date(clock.now()).toISOString(),
          sender,
        },
        ...{ receiver: 'coordinator', message_type: type, priority: 2, ttl: 300, tenant: 'default', schema_version: 1 },
      };
      const body = await encodeMessage({ header, payload: asJson(payload) }, world.blobs);
      world.queues.queue(COORDINATOR).send([{ body, groupId: runId, deduplicationId: world.ids.uuid() }], sender);
    },

    /** Delivers until everything rests; time moves on to the next thing due, at most to `until` (ms from the start). */
    async settle(untilMs = 0): Promise<void> {
      await deployed;
      const end = Date.UTC(2026, 0, 1) + untilMs;
      for (;;) {
        let busy = false;
        for (const [queue, { work, concurrency }] of lambdas) {
          for (let slot = 0; slot < concurrency; slot += 1) busy = (await deliver(queue, work)) || busy;
        }
        if (busy) continue;
        const next = Math.min(...[...lambdas.keys()].map((queue) => queue.nextAt() ?? Number.POSITIVE_INFINITY));
        if (next > end) return;
        clock.moveTo(next);
      }
    },

    /** The coordinator's process dies and another takes over, with an empty cache. */
    restartCoordinator(): void {
      lambdas.set(world.queues.queue(COORDINATOR), { work: coordinator(), concurrency: 1 });
    },

    async state(runId: string = RUN_ID): Promise<RunState> {
      let state = newRun(runId);
      for (const entry of await world.journal.read(runId, 0)) {
        state = evolve(state, await fetchDocuments(entry.events, world.blobs), entry.at);
      }
      return state;
    },
  };
}
