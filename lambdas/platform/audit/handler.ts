import { clientSettings, dynamoClient, s3Client } from '../../adapters/aws/clients.ts';
import { platformPorts } from '../../adapters/aws/platform-ports.ts';
import { s3AuditStore } from '../../adapters/aws/s3-audit-store.ts';
import { s3Siem } from '../../adapters/aws/s3-siem.ts';
import { ENV } from '../../contracts/environment.ts';
import { queueHandler } from '../../runtime/queue-handler.ts';
import { createAudit } from './audit.ts';
import { behaviourReader } from './behaviour-reader.ts';
import { busSiem, everySiem } from './siem.ts';

const ports = platformPorts();
const settings = clientSettings(process.env);
const s3 = s3Client(settings);
const bucket = ports.variable(ENV.auditBucket);
const target = ports.variable(ENV.siem);

const audit = createAudit({
  clock: ports.clock,
  logger: ports.logger,
  auditStore: s3AuditStore(s3, dynamoClient(settings), bucket, ports.variable(ENV.auditTable)),
  journal: ports.journal(),
  blobs: ports.blobs(),
  readers: behaviourReader(ports.queues(), ports.variable(ENV.behaviourQueue), ports.clock),
  messageSecurity: ports.messageSecurity('audit'),
  siem: everySiem([
    ...(target === 'bucket' ? [] : [busSiem(ports.bus())]),
    ...(target === 'bus' ? [] : [s3Siem(s3, bucket)]),
  ]),
});

export const handler = queueHandler({ name: 'audit', logger: ports.logger, clock: ports.clock }, audit);
