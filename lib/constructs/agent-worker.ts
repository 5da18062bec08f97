import type { EventSourceMapping, IFunction, ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { agentSource } from '../../lambdas/contracts/bus-sources.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import type { Assets } from '../bundling/assets.ts';
import { acknowledgeKeys } from './acknowledge.ts';
import { type AgentSurroundings, agentEnvironment, agentStatements, bucketsOf, type Inbox } from './agent-reach.ts';
import { type AgentSizing, capacityOf, sizingOf } from './agent-timing.ts';
import { ChannelSubscription } from './channel-subscription.ts';
import { FunctionAlarms } from './function-alarms.ts';
import { PlatformFunction } from './platform-function.ts';
import { QueueAlarms } from './queue-alarms.ts';
import { queueSource } from './queue-source.ts';
import { DeadLetterQueue, QueueWithDlq } from './queue-with-dlq.ts';
import { RegisteredAgent } from './registration.ts';

export interface AgentWorkerProps extends AgentSurroundings {
  readonly manifest: Manifest;
  /** The system it belongs to. */
  readonly system: string;
  /** The handler's file, from the project's root. */
  readonly entry: string;
  readonly assets: Assets;
  /** By the name that manifests give in `reaches.layers`. */
  readonly layers: ReadonlyMap<string, ILayerVersion>;
  readonly registrar: IFunction;
  /** Where events go that could not be put in the inbox; needed when the manifest subscribes to channels. */
  readonly undelivered: IQueue | undefined;
}

/** Everything an agent is in the cloud, from its manifest alone. */
export class AgentWorker extends Construct {
  readonly manifest: Manifest;
  readonly worker: PlatformFunction;
  readonly inbox: Inbox;
  readonly deadLetters: IQueue;
  readonly sizing: AgentSizing;
  /** What brings its inbox to it. */
  readonly sources: readonly EventSourceMapping[];

  constructor(scope: Construct, id: string, props: AgentWorkerProps) {
    super(scope, id);
    const { manifest, config } = props;
    this.manifest = manifest;
    this.sizing = sizingOf(manifest, config);
    const dlq = new DeadLetterQueue(this, 'DeadLetters', { config });
    this.deadLetters = dlq.queue;
    const lane = (name: string) =>
      new QueueWithDlq(this, name, { config, consumerTimeoutSeconds: this.sizing.timeoutSeconds, deadLetters: dlq })
        .queue;
    this.inbox = { express: lane('Express'), standard: lane('Standard') };
    this.worker = this.#makeWorker(props);
    this.sources = Object.entries(this.inbox).map(([name, queue]) => {
      const { batchSize, concurrency: maxConcurrency } = this.sizing;
      return queueSource(this, `${name}Source`, { target: this.worker.fn, queue, batchSize, maxConcurrency });
    });
    this.#subscribe(props);
    this.#watch(props);
    new RegisteredAgent(this, 'Registration', {
      registrar: props.registrar,
      manifest,
      system: props.system,
      role: this.worker.role,
      capacity: capacityOf(manifest, this.sizing),
      sources: this.sources,
      inbox: { express: this.inbox.express.queueUrl, standard: this.inbox.standard.queueUrl },
    });
  }

  #makeWorker(props: AgentWorkerProps): PlatformFunction {
    const { manifest, config } = props;
    const { timeoutSeconds, memoryMb } = this.sizing;
    const worker = new PlatformFunction(this, 'Worker', {
      config,
      assets: props.assets,
      entry: props.entry,
      description: manifest.description,
      timeoutSeconds,
      memoryMb,
      environment: agentEnvironment(manifest, this.inbox, props),
      layers: manifest.reaches.layers.map((name) => layerOf(name, props)),
    });
    worker.allow(...agentStatements(this, manifest, this.inbox, props));
    for (const bucket of bucketsOf(manifest, props)) acknowledgeKeys(worker.role, bucket);
    return worker;
  }

  #subscribe({ manifest, bus, undelivered }: AgentWorkerProps): void {
    const events = manifest.channels.subscribes;
    if (events.length === 0) return;
    if (!undelivered)
      throw new Error(`agent ${manifest.name} subscribes to channels and needs a queue for undelivered events`);
    const description = `What ${manifest.name} listens to`;
    const self = agentSource(manifest.name);
    new ChannelSubscription(this, 'Channels', {
      ...{ bus, events, queue: this.inbox.standard, undelivered, description, self },
    });
  }

  #watch({ config, manifest }: AgentWorkerProps): void {
    const { errorImpact } = manifest;
    const owner = `agent ${manifest.name}`;
    new QueueAlarms(this, 'QueueAlarms', {
      config,
      owner,
      errorImpact,
      queues: { express: this.inbox.express, standard: this.inbox.standard },
      deadLetters: this.deadLetters,
      oldestSeconds: Math.max(300, 2 * this.sizing.timeoutSeconds),
    });
    new FunctionAlarms(this, 'FunctionAlarms', {
      config,
      owner,
      errorImpact,
      fn: this.worker.fn,
      timeoutSeconds: this.sizing.timeoutSeconds,
      errorsHeading: 'an-agent-fails',
      durationHeading: 'an-agent-comes-near-its-timeout',
    });
  }
}

function layerOf(name: string, { layers, manifest }: AgentWorkerProps): ILayerVersion {
  const layer = layers.get(name);
  if (!layer) throw new Error(`agent ${manifest.name} reaches layer "${name}", which its system does not have`);
  return layer;
}
