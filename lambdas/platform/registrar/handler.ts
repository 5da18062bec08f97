import middy from '@middy/core';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { createWorkerEvaluator } from '../../adapters/expressions/worker-evaluator.ts';
import { systemSleep } from '../../adapters/system.ts';
import { putAnswer } from './answer.ts';
import { serveResource } from './registrar.ts';

const expressions = createWorkerEvaluator();

/** Called by CloudFormation. Fresh ports each time: what a rollback reads must not be what the deploy had cached. */
export const handler = middy<unknown, void>().handler((event: unknown) => {
  const ports = platformPorts();
  return serveResource(event, {
    logger: ports.logger,
    registry: ports.registry(),
    writer: ports.registryWriter(),
    expressions,
    answer: (url, body) => putAnswer(url, body, systemSleep),
  });
});
