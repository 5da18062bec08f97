import middy from '@middy/core';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { ENV } from '../../contracts/environment.ts';
import { archiveRuns } from './archive-runs.ts';

const ports = platformPorts();

const archiver = {
  clock: ports.clock,
  logger: ports.logger,
  runs: ports.runs(),
  journal: ports.journal(),
  blobs: ports.blobs(),
  archiveAfterDays: Number(ports.variable(ENV.archiveAfterDays)),
};

/** Called each hour by a schedule. */
export const handler = middy().handler(() => archiveRuns(archiver));
