import { inProcessEvaluator } from '../adapters/expressions/in-process-evaluator.ts';
import { virtualClock } from '../adapters/memory/virtual-clock.ts';
import type { BusEvent } from '../contracts/bus-events.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { registerWorkflow } from '../platform/registrar/register-workflow.ts';
import type { Agent } from '../runtime/agent.ts';
import type { Clock, Queues } from '../runtime/ports.ts';
import type { MessageSecurity } from '../runtime/signing/message-security.ts';
import type { InProcessMemory } from './in-process-memory.ts';
import type { InProcessOptions } from './in-process-options.ts';
import { type InProcessStream, noStream } from './in-process-stream.ts';
import { type InProcessWorld, inProcessWorld } from './in-process-world.ts';
import type { LambdaProcess } from './lambda-process.ts';
import type { LifecyclePlayer } from './lifecycle-player.ts';
import { wirePlatform } from './platform-wiring.ts';
import type { ReplayWitness } from './replay-witness.ts';
import type { ScheduledLambda } from './scheduled-lambda.ts';
import { stoppableClock } from './stoppable-clock.ts';
import { isVirtual, type VirtualTime, virtualTime } from './virtual-time.ts';

/** The platform's Lambdas and agents in this process, over ports in memory, connected as the stacks connect them. */
export interface InProcessPlatform {
  readonly clock: Clock;
  /** Stores, queues and bus: look, or put something in by hand. */
  readonly world: InProcessWorld;
  readonly lifecycle: LifecyclePlayer;
  /** Every Lambda by name: the platform's (PLATFORM_LAMBDA_NAMES) and the agents'. */
  readonly processes: ReadonlyMap<string, LambdaProcess>;
  /** Puts an agent's Lambda and inbox there and registers it; the same agent again replaces its code. */
  deploy(agent: Agent, system?: string): Promise<void>;
  /** As the registrar does it. Answers the definition with the version that it got. @throws DataError when it is not sound */
  registerWorkflow(definition: WorkflowDefinition): Promise<WorkflowDefinition>;
  /** What a client does: puts an event on the bus. */
  publish(event: BusEvent, source?: string): Promise<void>;
  /** The queues as the Lambda of this name has them; SQS names its role as the sender. */
  queuesOf(name: string): Queues;
  /** What somebody of this name signs with: for messages that a test makes up. */
  securityOf(name: string): MessageSecurity;
  /** Calls a scheduled Lambda now. */
  call(name: ScheduledLambda): void;
  /** Holds what coordinators took for the state of a run against its journal. */
  readonly replayWitness: ReplayWitness;
  /** The memory Lambda. */
  readonly memory: InProcessMemory;
  /** Those who follow runs. Whatever is asked of it throws without the option `stream`. */
  readonly stream: InProcessStream;
  /** How time passes. @throws Error on a clock that isn't virtual: there it passes by itself */
  readonly time: VirtualTime;
  /** Kills every container and stops the schedules. */
  stop(): void;
}

/** On a virtual clock (the default) nothing happens until `time` lets it; on a real one it runs until it is stopped. */
export function inProcessPlatform(options: InProcessOptions = {}): InProcessPlatform {
  const given = options.clock ?? virtualClock();
  const virtual = isVirtual(given) ? given : undefined;
  const real = virtual ? undefined : stoppableClock(given);
  const clock = real ?? given;
  const evaluator = options.evaluator ?? inProcessEvaluator();
  const world = inProcessWorld({
    clock,
    ...(options.ids && { ids: options.ids }),
    ...(options.secrets && { secrets: options.secrets }),
  });
  const wired = wirePlatform({ ...options, clock, evaluator, world, selfDriven: virtual === undefined });
  const isAnythingOpen = async () => (await world.runs.overdue(Number.MAX_SAFE_INTEGER, 1)).length > 0;
  const { beforeTimePasses } = options;
  const time =
    virtual &&
    virtualTime(virtual, wired.loop, wired.schedules, {
      isAnythingOpen,
      ...(beforeTimePasses && { beforeTimePasses }),
    });
  const { lifecycle, processes, deploy, queuesOf, securityOf, call, replayWitness, memory } = wired;
  return {
    ...{ clock, world, lifecycle, processes, deploy, queuesOf, securityOf, call, replayWitness, memory },
    stop() {
      wired.stop();
      real?.stop();
    },
    registerWorkflow: (definition) =>
      registerWorkflow(definition, { registry: world.registry, writer: world.registry, expressions: evaluator }),
    publish: (event, source = 'client') => world.bus.publish(source, [event]),
    stream: wired.stream ?? noStream,
    get time() {
      if (!time) throw new Error('time passes by itself on this clock: wait for what should happen');
      return time;
    },
  };
}
