import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { createWorkerEvaluator } from '../../adapters/expressions/worker-evaluator.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { createIntake } from './intake.ts';

const ports = platformPorts();

const intake = createIntake({
  clock: ports.clock,
  ids: ports.ids,
  logger: ports.logger,
  runs: ports.runs(),
  journal: ports.journal(),
  registry: ports.registry(),
  holds: ports.holds(),
  expressions: createWorkerEvaluator(),
  blobs: ports.blobs(),
  queues: ports.queues(),
  bus: ports.bus(),
  lifecycle: ports.lifecycle(),
  coordinatorQueue: ports.coordinatorQueue(),
  intakeQueue: ports.intakeQueue(),
});

export const handler = queueHandler({ name: 'intake', logger: ports.logger, clock: ports.clock }, intake);
