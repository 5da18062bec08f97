import { archiveRuns } from '../platform/archiver/archive-runs.ts';
import { createAudit } from '../platform/audit/audit.ts';
import { checkpoint } from '../platform/audit/checkpoint.ts';
import { createBehaviour } from '../platform/behaviour/behaviour.ts';
import { tick } from '../platform/behaviour/tick.ts';
import { createCoordinator } from '../platform/coordinator/coordinator.ts';
import { createFlowStore } from '../platform/coordinator/flows/flow-store.ts';
import { createRunStore } from '../platform/coordinator/run-store.ts';
import { createDeadLetters } from '../platform/dead-letters/dead-letters.ts';
import { createIntake } from '../platform/intake/intake.ts';
import { measure } from '../platform/monitor/measure.ts';
import { createMonitor } from '../platform/monitor/monitor.ts';
import { sweep } from '../platform/timers/sweep.ts';
import { createTimers } from '../platform/timers/timers.ts';
import type { Clock } from '../runtime/ports.ts';
import type { BatchWork } from '../runtime/queue-handler.ts';
import type { LambdaSpec } from './lambda-process.ts';
import type { PlatformPorts } from './platform-ports.ts';
import type { ReplayWitness } from './replay-witness.ts';
import { PLATFORM_LAMBDAS } from './topology.ts';

export type PlatformLambda = keyof typeof PLATFORM_LAMBDAS;
export const PLATFORM_LAMBDA_NAMES: readonly PlatformLambda[] = [
  'intake',
  'coordinator',
  'timers',
  'monitor',
  'dead-letters',
  'sweeper',
  'monitor-schedule',
  'archiver',
  'audit',
  'audit-checkpoint',
  'behaviour',
  'behaviour-schedule',
];

/** What each handler runs when it is loaded. */
const START: Readonly<Record<Exclude<PlatformLambda, 'coordinator'>, (ports: PlatformPorts) => BatchWork>> = {
  intake: createIntake,
  timers: createTimers,
  monitor: createMonitor,
  'dead-letters': createDeadLetters,
  audit: createAudit,
  behaviour: createBehaviour,
  'behaviour-schedule': (ports) => async () => {
    await tick(ports);
    return [];
  },
  'audit-checkpoint': (ports) => async () => {
    await checkpoint(ports);
    return [];
  },
  sweeper: (ports) => async () => {
    await sweep(ports);
    return [];
  },
  archiver: (ports) => async () => {
    await archiveRuns(ports);
    return [];
  },
  'monitor-schedule': (ports) => async () => {
    await measure(ports);
    return [];
  },
};

/**
 * @param portsOf the ports as the Lambda of this name has them
 * @param witness sees every state that a coordinator works on
 */
export function platformLambda(
  name: PlatformLambda,
  portsOf: (name: PlatformLambda, clock: Clock) => PlatformPorts,
  witness: ReplayWitness,
): LambdaSpec<PlatformPorts> {
  return {
    name,
    timeoutSeconds: PLATFORM_LAMBDAS[name].timeoutSeconds,
    ports: (clock) => portsOf(name, clock),
    start:
      name === 'coordinator'
        ? (ports) =>
            createCoordinator(
              ports,
              witness.watch(createRunStore(ports.journal, ports.blobs)),
              witness.watchFlows(createFlowStore(ports.flowJournal)),
            )
        : START[name],
    ...(name === 'coordinator' && {
      redelivery: ({ visibility, coordinatorQueue }: PlatformPorts) => ({
        visibility,
        queueUrl: () => coordinatorQueue,
      }),
    }),
  };
}
