import { AssetHashType, Stack, type StackProps } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Policy } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, type ILayerVersion, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import type { System } from '../../lambdas/contracts/system.ts';
import type { Assets } from '../bundling/assets.ts';
import type { Config } from '../config.ts';
import { agentRow } from '../constructs/agent-row.ts';
import { AgentWorker } from '../constructs/agent-worker.ts';
import { DeadLetterFeed } from '../constructs/dead-letter-feed.ts';
import { inlinePolicyName, measure, sendTo, switching } from '../constructs/grants.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';
import { QueueAlarms } from '../constructs/queue-alarms.ts';
import { DeadLetterQueue } from '../constructs/queue-with-dlq.ts';
import { RegisteredWorkflow } from '../constructs/registration.ts';
import { addOutputs, pascalCase } from './outputs.ts';
import type { PlatformStack } from './platform-stack.ts';

export interface SystemStackProps extends StackProps {
  readonly config: Config;
  readonly assets: Assets;
  readonly system: System;
  readonly platform: PlatformStack;
}

/** One system of agents: the workers, the buckets and layers they share, the workflows, a dashboard. */
export class SystemStack extends Stack {
  readonly agents: readonly AgentWorker[];

  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, props);
    const { config, assets, system, platform } = props;
    const buckets = this.#makeBuckets(config, system.agents);
    const layers = this.#makeLayers(config, assets, system.agents);
    const undelivered = system.agents.some((agent) => agent.channels.subscribes.length > 0)
      ? new DeadLetterQueue(this, 'Undelivered', { config }).queue
      : undefined;
    this.agents = system.agents.map(
      (manifest) =>
        new AgentWorker(this, pascalCase(manifest.name), {
          ...platform.surroundings,
          manifest,
          system: system.name,
          entry: handlerOf(system, manifest),
          assets,
          buckets,
          layers,
          registrar: platform.functions.registrar.fn,
          undelivered,
        }),
    );
    this.#introduce(platform);
    const feed = Object.fromEntries(this.agents.map((agent) => [pascalCase(agent.manifest.name), agent.deadLetters]));
    new DeadLetterFeed(this, 'DeadLetterFeed', {
      deadLetters: platform.functions.deadLetters,
      queues: { ...feed, ...(undelivered && { Undelivered: undelivered }) },
    });
    if (undelivered)
      new QueueAlarms(this, 'UndeliveredAlarms', {
        config,
        owner: `the agents of ${system.name}`,
        errorImpact: 'An agent did not hear an event of a channel it subscribes to.',
        queues: {},
        deadLetters: undelivered,
        oldestSeconds: 0,
        deadLettersHeading: 'events-were-not-delivered',
      });
    for (const definition of system.workflows)
      new RegisteredWorkflow(this, `Workflow${pascalCase(definition.name)}`, {
        registrar: platform.functions.registrar.fn,
        definition,
      });
    this.#show(config, buckets);
  }

  #makeBuckets(config: Config, agents: readonly Manifest[]): Map<string, Bucket> {
    const names = new Set(agents.flatMap((agent) => Object.keys(agent.reaches.buckets)));
    return new Map(
      [...names].map((name) => [name, new PrivateBucket(this, `${pascalCase(name)}Bucket`, { config }).bucket]),
    );
  }

  #makeLayers(config: Config, assets: Assets, agents: readonly Manifest[]): Map<string, ILayerVersion> {
    const names = new Set(agents.flatMap((agent) => agent.reaches.layers));
    return new Map(
      [...names].map((name) => {
        const { path, hash } = assets.layer(name, config.architecture);
        const layer = new LayerVersion(this, `${pascalCase(name)}Layer`, {
          code: Code.fromAsset(path, { assetHash: hash, assetHashType: AssetHashType.CUSTOM }),
          compatibleRuntimes: [Runtime.NODEJS_24_X],
          compatibleArchitectures: [config.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64],
        });
        return [name, layer];
      }),
    );
  }

  /**
   * Lets the coordinator write to the inboxes of this system and see whether work still waits there, and the monitor
   * measure them; no more than these.
   */
  #introduce(platform: PlatformStack): void {
    const inboxes = this.agents.flatMap((agent) => Object.values(agent.inbox));
    if (inboxes.length === 0) return;
    new Policy(this, 'Assignments', {
      policyName: inlinePolicyName(this, 'assignments'),
      roles: [platform.functions.coordinator.role],
      statements: [sendTo(...inboxes), measure(...inboxes)],
    });
    new Policy(this, 'Measurements', {
      policyName: inlinePolicyName(this, 'measurements'),
      roles: [platform.functions.monitorSchedule.role],
      statements: [measure(...inboxes)],
    });
    new Policy(this, 'Quarantine', {
      policyName: inlinePolicyName(this, 'quarantine'),
      roles: [platform.functions.monitor.role],
      statements: [switching(...this.agents.flatMap(({ sources }) => sources))],
    });
  }

  #show(config: Config, buckets: ReadonlyMap<string, Bucket>): void {
    if (config.monitoring.enabled)
      new Dashboard(this, 'Dashboard', { widgets: this.agents.flatMap((agent) => agentRow(agent, config)) });
    addOutputs(this, {
      ...Object.fromEntries([...buckets].map(([name, bucket]) => [`${pascalCase(name)}BucketName`, bucket.bucketName])),
      ...Object.fromEntries(
        this.agents.flatMap(({ manifest, inbox }) => [
          [`${pascalCase(manifest.name)}ExpressUrl`, inbox.express.queueUrl],
          [`${pascalCase(manifest.name)}StandardUrl`, inbox.standard.queueUrl],
        ]),
      ),
    });
  }
}

/** Where the code of an agent lies; see contracts/system.ts. */
function handlerOf({ name, folder = `lambdas/systems/${name}` }: System, manifest: Manifest): string {
  const agent = manifest.name.startsWith(`${name}-`) ? manifest.name.slice(name.length + 1) : manifest.name;
  return `${folder}/agents/${agent}/handler.ts`;
}
