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
  quota: ports.quota(),
  expressions: createWorkerEvaluator(),
  blobs: ports.blobs(),
  messageSecurity: ports.messageSecurity('intake'),
  queues: ports.queues(),
  bus: ports.bus(),
  rejections: ports.rejections(),
  securityLog: ports.rogues(),
  rogues: ports.rogues(),
  lifecycle: ports.lifecycle(),
  coordinatorQueue: ports.coordinatorQueue(),
  intakeQueue: ports.intakeQueue(),
});

export const handler = queueHandler({ name: 'intake', logger: ports.logger, clock: ports.clock }, intake);
