import { cachedHolds } from '../adapters/cached-holds.ts';
import type { MemoryQueue, MemoryQueueOptions } from '../adapters/memory/memory-queue.ts';
import { BUS_READERS } from '../contracts/bus-events.ts';
import type { Agent } from '../runtime/agent.ts';
import type { ExpressionEvaluator } from '../runtime/expressions-port.ts';
import type { Clock, Logger } from '../runtime/ports.ts';
import { agentLambda, registrationOf, roleIdOf, senderIdOf } from './agent-lambda.ts';
import { type BusRule, deliverEvents } from './bus-rules.ts';
import { cachedRegistry } from './cached-registry.ts';
import { createEventLoop } from './event-loop.ts';
import { createEventSource } from './event-source.ts';
import { inProcessMemory } from './in-process-memory.ts';
import type { InProcessOptions } from './in-process-options.ts';
import type { InProcessWorld } from './in-process-world.ts';
import { type Invocations, invoke } from './invocation.ts';
import { createProcess, type LambdaProcess } from './lambda-process.ts';
import { playLifecycle } from './lifecycle-player.ts';
import { PLATFORM_LAMBDA_NAMES, type PlatformLambda, platformLambda } from './platform-lambdas.ts';
import type { PlatformPorts } from './platform-ports.ts';
import { createQueueNetwork } from './queue-network.ts';
import { inboxOf, QUEUES } from './queue-urls.ts';
import { createReplayWitness } from './replay-witness.ts';
import { createSchedules } from './schedules.ts';
import { agentSizing, MAX_RECEIVES, MINUTE_MS, PLATFORM_LAMBDAS, VISIBILITY_FACTOR } from './topology.ts';

/** As adapters/aws/dynamo-registry.ts. */
const REGISTRY_AGE_MS = 10_000;
/** The configuration's default. */
const ARCHIVE_AFTER_DAYS = 30;
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

type Wiring = Omit<InProcessOptions, 'clock' | 'evaluator'> & {
  readonly clock: Clock;
  readonly evaluator: ExpressionEvaluator;
  readonly world: InProcessWorld;
  /** On a real clock. */
  readonly selfDriven: boolean;
};

/** Queues, event sources, rules and schedules between the Lambdas, as the stacks connect them. */
export function wirePlatform(wiring: Wiring) {
  const { clock, world, selfDriven, hooks = {}, logger = SILENT, evaluator } = wiring;
  const { meter, ids } = world;
  const loop = createEventLoop(selfDriven);
  const network = createQueueNetwork(world.queues, clock, loop, hooks);
  const invocations: Invocations = new Set();
  const processes = new Map<string, LambdaProcess>();
  const replayWitness = createReplayWitness();
  const around = { clock, loop, hooks, meter, invocations };

  const memory = inProcessMemory({ ...world, clock, logger }, wiring.embedder);

  /** The ports of a new container of this Lambda. */
  const portsOf = (name: string) => ({
    ...world,
    registry: cachedRegistry(world.registry, clock, wiring.registryAgeMs ?? REGISTRY_AGE_MS),
    holds: cachedHolds(world.holds, clock),
    ...{ clock, logger, evaluator, expressions: evaluator, random: wiring.random ?? (() => 0.5) },
    models: wiring.models ?? {},
    ...{ tools: wiring.tools ?? [], http: wiring.http },
    memoryDoor: memory.door,
    ...{ queues: network.port(name, senderIdOf(name)), visibility: network.port(name, senderIdOf(name)) },
    ...{ lifecycle, platformRoles, write: () => {} },
    ...{
      coordinatorQueue: QUEUES.coordinator,
      timersQueue: QUEUES.timers,
      archiveAfterDays: wiring.archiveAfterDays ?? ARCHIVE_AFTER_DAYS,
      intakeQueue: QUEUES.intake,
    },
  });

  const lifecyclePort = network.port('lifecycle', senderIdOf('lifecycle'));
  const lifecycle = playLifecycle({ clock, ids, meter }, (runId, start_message, task_token) => {
    const body = JSON.stringify({ start_message, task_token });
    const message = { body, groupId: runId, deduplicationId: ids.uuid() };
    lifecyclePort.send(QUEUES.coordinator, [message]).catch((error) => loop.fail(error));
  });
  const platformRoles = Object.fromEntries(
    [...PLATFORM_LAMBDA_NAMES, 'lifecycle'].map((name) => [name, roleIdOf(name)]),
  );

  const start = (name: PlatformLambda): LambdaProcess => {
    const process = createProcess(
      platformLambda(name, (own): PlatformPorts => portsOf(own), replayWitness),
      clock,
      hooks,
    );
    processes.set(name, process);
    return process;
  };
  for (const name of PLATFORM_LAMBDA_NAMES) start(name);
  const process = (name: string): LambdaProcess => {
    const known = processes.get(name);
    if (!known) throw new Error(`there is no Lambda ${name}`);
    return known;
  };

  const connect = (queue: MemoryQueue, name: string, batchSize: number, maxConcurrency: number): void =>
    network.read(queue.url, createEventSource({ queue, process: process(name), batchSize, maxConcurrency }, around));
  const deadLettersOf = (url: string): MemoryQueue => {
    const { timeoutSeconds, batchSize, maxConcurrency } = PLATFORM_LAMBDAS['dead-letters'];
    const queue = network.create(url, { visibilitySeconds: VISIBILITY_FACTOR * timeoutSeconds });
    connect(queue, 'dead-letters', batchSize, maxConcurrency);
    return queue;
  };
  const queueOptions = (timeoutSeconds: number, deadLetters: MemoryQueue): MemoryQueueOptions => ({
    visibilitySeconds: VISIBILITY_FACTOR * timeoutSeconds,
    redrive: { maxReceiveCount: MAX_RECEIVES, deadLetters },
  });
  for (const name of ['intake', 'coordinator', 'timers', 'monitor'] as const) {
    const { timeoutSeconds, batchSize, maxConcurrency } = PLATFORM_LAMBDAS[name];
    const deadLetters = deadLettersOf(QUEUES[name].replace(name, `${name}-dead`));
    connect(network.create(QUEUES[name], queueOptions(timeoutSeconds, deadLetters)), name, batchSize, maxConcurrency);
  }
  deadLettersOf(QUEUES.undelivered);

  const rules: BusRule[] = (['intake', 'monitor'] as const).map((name) => ({
    events: BUS_READERS[name],
    queue: QUEUES[name],
  }));
  const eventBridge = network.port('bus', 'events.amazonaws.com');
  world.bus.subscribe(
    deliverEvents(rules, {
      ...{ clock, ids, hooks, queues: eventBridge, undelivered: QUEUES.undelivered },
      fail: (error) => loop.fail(error),
    }),
  );

  /** A scheduled call; one that fails is not repeated. */
  const call = (name: 'sweeper' | 'monitor-schedule' | 'archiver'): void => {
    meter.add('lambda', 1);
    invoke({ process: process(name), queue: '', records: [], fault: {} }, around, () => {});
  };
  const { sweepEveryMs = MINUTE_MS, measureEveryMs = MINUTE_MS, archiveEveryMs = 0 } = wiring;
  const schedules = createSchedules(
    clock,
    [
      { everyMs: sweepEveryMs, call: () => call('sweeper') },
      { everyMs: measureEveryMs, call: () => call('monitor-schedule') },
      { everyMs: archiveEveryMs, call: () => call('archiver') },
    ],
    selfDriven,
  );

  async function deploy(agent: Agent, system = 'test'): Promise<void> {
    const { manifest } = agent;
    const { name } = manifest;
    const inbox = inboxOf(name);
    const sizing = agentSizing(manifest);
    const own = () => ({
      ...portsOf(name),
      bucket: (bucket: string) => world.bucket(bucket),
      secretName: (secret: string) => secret,
      setting: (setting: string) => wiring.settings?.[setting],
    });
    const replaced = processes.get(name);
    processes.set(name, createProcess(agentLambda(agent, own, loop), clock, hooks));
    replaced?.kill();
    const deadLetters = replaced ? world.queues.queue(inbox.deadLetters) : deadLettersOf(inbox.deadLetters);
    for (const url of [inbox.express, inbox.standard]) {
      const queue = replaced
        ? world.queues.queue(url)
        : network.create(url, queueOptions(sizing.timeoutSeconds, deadLetters));
      connect(queue, name, sizing.batchSize, sizing.concurrency);
    }
    if (manifest.channels.subscribes.length > 0 && !replaced)
      rules.push({ events: manifest.channels.subscribes, queue: inbox.standard });
    await world.registry.registerAgent(registrationOf(agent, system));
  }

  return {
    ...{ loop, schedules, lifecycle, processes, deploy, call, replayWitness, memory },
    queuesOf: (name: string) => network.port(name, senderIdOf(name)),
    stop(): void {
      schedules.stop();
      for (const running of processes.values()) running.kill();
    },
  };
}
