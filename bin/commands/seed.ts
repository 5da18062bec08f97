import { withSession } from '../cloud/session.ts';
import { outputOf } from '../cloud/target.ts';
import { seedBucket } from '../local/seed.ts';
import { type GlobalOptions, print } from './options.ts';

/** `muster seed`: the demo's CSV files go into the data bucket of a deployment; the local cloud has them by itself. */
export function seed(globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async ({ aws, target }) => {
    const bucket = outputOf(target, 'EtlDataBucketName');
    const put = await seedBucket(aws.s3, bucket);
    print(put.length === 0 ? `${bucket} has the demo's files already` : `${bucket}: ${put.join(', ')}`);
  });
}
