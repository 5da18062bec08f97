import { cachedHolds } from '../adapters/cached-holds.ts';
import type { MemoryQueue, MemoryQueueOptions } from '../adapters/memory/memory-queue.ts';
import { AUDITED_EVENTS, saidBetweenAgents } from '../contracts/audited-events.ts';
import { QuarantinePolicy } from '../contracts/behaviour.ts';
import { agentSource, BUS_READERS } from '../contracts/bus-events.ts';
import type { SecurityLog } from '../contracts/security-events.ts';
import { STREAM_EVENTS } from '../contracts/stream-messages.ts';
import type { Tenancy } from '../contracts/tenants.ts';
import { busSiem } from '../platform/audit/siem.ts';
import type { WritePorts } from '../platform/stream/stream-ports.ts';
import { createTeller } from '../platform/stream/tell-followers.ts';
import type { Agent } from '../runtime/agent.ts';
import { createAuditLog } from '../runtime/audit-log.ts';
import type { ExpressionEvaluator } from '../runtime/expressions-port.ts';
import type { Inboxes } from '../runtime/inboxes.ts';
import type { Clock, Logger } from '../runtime/ports.ts';
import { type Rogues, watchForRogues } from '../runtime/rogues.ts';
import { createMessageSecurity } from '../runtime/signing/message-security.ts';
import { createRunQuota } from '../tenancy/run-quota.ts';
import { createStanding } from '../tenancy/standing.ts';
import { agentLambda, registrationOf, roleIdOf, senderIdOf } from './agent-lambda.ts';
import { auditedLog } from './audited-log.ts';
import { type BusRule, deliverEvents } from './bus-rules.ts';
import { cachedRegistry } from './cached-registry.ts';
import { createEventLoop } from './event-loop.ts';
import { createEventSource } from './event-source.ts';
import { inProcessMemory } from './in-process-memory.ts';
import type { InProcessOptions } from './in-process-options.ts';
import { inProcessStream } from './in-process-stream.ts';
import type { InProcessWorld } from './in-process-world.ts';
import { type Invocations, invoke } from './invocation.ts';
import { createProcess, type LambdaProcess } from './lambda-process.ts';
import { playLifecycle } from './lifecycle-player.ts';
import { PLATFORM_LAMBDA_NAMES, type PlatformLambda, platformLambda } from './platform-lambdas.ts';
import type { PlatformPorts } from './platform-ports.ts';
import { createQueueNetwork } from './queue-network.ts';
import { inboxOf, QUEUES } from './queue-urls.ts';
import { createReplayWitness } from './replay-witness.ts';
import type { ScheduledLambda } from './scheduled-lambda.ts';
import { createSchedules } from './schedules.ts';
import {
  agentSizing,
  MAX_RECEIVES,
  MINUTE_MS,
  PLATFORM_LAMBDAS,
  STREAM_RECEIVES,
  STREAM_TELLER,
  VISIBILITY_FACTOR,
} from './topology.ts';

/** As adapters/aws/dynamo-registry.ts. */
const REGISTRY_AGE_MS = 10_000;
/** In tests nobody is bounded, unless they say so. */
const UNBOUNDED: Tenancy = { plans: { unbounded: {} }, defaultPlan: 'unbounded' };
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

/** Those that see who sends what. */
const ACT_ON_ROGUES: ReadonlySet<string> = new Set(['coordinator', 'intake', 'monitor', 'behaviour']);

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

  const standing = createStanding(world.tenants, wiring.tenancy ?? UNBOUNDED);
  const quota = createRunQuota({
    ...{ standing, openRuns: world.openRuns, runs: world.runs, clock },
  });

  const stream = wiring.stream ? inProcessStream(world, clock, logger, world.securityLog, standing) : undefined;

  /** Queues that nobody reads for now. */
  const paused = new Set<string>();
  const inboxes: Inboxes = {
    pause: async ({ inbox }) => void paused.add(inbox.express).add(inbox.standard),
    resume: async ({ inbox }) => {
      for (const url of [inbox.express, inbox.standard]) if (paused.delete(url)) network.wake(url);
    },
  };

  /** The security log of a container, acting on rogue agents. */
  const actOn = (log: SecurityLog, own: Clock): { securityLog: SecurityLog; rogues: Rogues } => {
    const policy = wiring.quarantine ?? QuarantinePolicy.parse({});
    const watched = watchForRogues(log, { bus: world.bus, clock: own, logger, policy });
    return { securityLog: watched, rogues: watched };
  };

  const logOf = (name: string): SecurityLog => {
    const queues = network.port(name, senderIdOf(name));
    return auditedLog(world.securityLog, createAuditLog({ queues, auditQueue: QUEUES.audit, ids, logger }));
  };

  /** The ports of a new container of this Lambda. */
  const portsOf = (name: string, own: Clock) => ({
    ...world,
    securityLog: logOf(name),
    ...(ACT_ON_ROGUES.has(name) && actOn(logOf(name), own)),
    messageSecurity: createMessageSecurity({
      ...{ name, clock: own, ids: world.keyIds, keys: world.messageKeys, keyService: world.keyService },
      ...(wiring.signatures && { mode: wiring.signatures }),
      ...(wiring.encryptFor && { encryptFor: wiring.encryptFor }),
    }),
    inboxes,
    registry: cachedRegistry(world.registry, clock, wiring.registryAgeMs ?? REGISTRY_AGE_MS),
    holds: cachedHolds(world.holds, clock),
    quota,
    ...{ clock, logger, evaluator, expressions: evaluator, random: wiring.random ?? (() => 0.5) },
    models: wiring.models ?? {},
    ...{ tools: wiring.tools ?? [], http: wiring.http },
    memoryDoor: memory.door,
    ...{ queues: network.port(name, senderIdOf(name)), visibility: network.port(name, senderIdOf(name)) },
    ...{ lifecycle, platformRoles, write: wiring.write ?? (() => {}) },
    ...{
      coordinatorQueue: QUEUES.coordinator,
      timersQueue: QUEUES.timers,
      auditQueue: QUEUES.audit,
      behaviourQueue: QUEUES.behaviour,
      siem: busSiem(world.bus),
      archiveAfterDays: wiring.archiveAfterDays ?? ARCHIVE_AFTER_DAYS,
      intakeQueue: QUEUES.intake,
    },
    ...(stream && { stream: { watches: stream.teller.watches, queue: QUEUES.stream } }),
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
      platformLambda(name, (whose, own): PlatformPorts => portsOf(whose, own), replayWitness),
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
    network.read(
      queue.url,
      createEventSource(
        { queue, process: process(name), batchSize, maxConcurrency, isPaused: () => paused.has(queue.url) },
        around,
      ),
    );
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
  for (const name of ['intake', 'coordinator', 'timers', 'monitor', 'audit', 'behaviour'] as const) {
    const { timeoutSeconds, batchSize, maxConcurrency } = PLATFORM_LAMBDAS[name];
    const deadLetters = deadLettersOf(QUEUES[name].replace(name, `${name}-dead`));
    connect(network.create(QUEUES[name], queueOptions(timeoutSeconds, deadLetters)), name, batchSize, maxConcurrency);
  }
  deadLettersOf(QUEUES.undelivered);

  const rules: BusRule[] = (['intake', 'monitor'] as const).map((name) => ({
    events: BUS_READERS[name],
    queue: QUEUES[name],
  }));
  rules.push({ events: saidBetweenAgents, queue: QUEUES.audit, groupId: AUDITED_EVENTS.group });
  const eventBridge = network.port('bus', 'events.amazonaws.com');
  world.bus.subscribe(
    deliverEvents(rules, {
      ...{ clock, ids, hooks, queues: eventBridge, undelivered: QUEUES.undelivered },
      fail: (error) => loop.fail(error),
    }),
  );

  if (stream) {
    const { timeoutSeconds, batchSize, maxConcurrency } = STREAM_TELLER;
    const redrive = { maxReceiveCount: STREAM_RECEIVES, deadLetters: deadLettersOf('memory://stream-dead.fifo') };
    const queue = network.create(QUEUES.stream, { ...queueOptions(timeoutSeconds, redrive.deadLetters), redrive });
    const ports = (own: Clock): PlatformPorts & WritePorts => ({ ...stream.teller, ...portsOf('stream', own) });
    const spec = { name: 'stream', timeoutSeconds, ports, start: createTeller };
    processes.set('stream', createProcess<PlatformPorts & WritePorts>(spec, clock, hooks));
    connect(queue, 'stream', batchSize, maxConcurrency);
    rules.push({ events: STREAM_EVENTS, queue: QUEUES.stream });
  }

  /** A scheduled call; one that fails is not repeated. */
  const call = (name: ScheduledLambda): void => {
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
    const own = (containers: Clock) => ({
      ...portsOf(name, containers),
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
      rules.push({
        events: ({ source, detailType }) =>
          source !== agentSource(name) && manifest.channels.subscribes.includes(detailType),
        queue: inbox.standard,
      });
    await world.registry.registerAgent(registrationOf(agent, system));
  }

  return {
    ...{ loop, schedules, lifecycle, processes, deploy, call, replayWitness, memory, stream },
    queuesOf: (name: string) => network.port(name, senderIdOf(name)),
    securityOf: (name: string) => portsOf(name, clock).messageSecurity,
    stop(): void {
      schedules.stop();
      for (const running of processes.values()) running.kill();
    },
  };
}
