import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { s3ObjectStore } from '../../lambdas/adapters/aws/s3-object-store.ts';
import { DEFAULT_TENANT, TenantId } from '../../lambdas/contracts/names.ts';
import type { ObjectStore } from '../../lambdas/runtime/ports.ts';
import { tenantObjects } from '../../lambdas/runtime/tenant-objects.ts';
import { LARGEST_FILE, uploadKey } from '../../lambdas/systems/task-agents/files.ts';
import { CliError } from '../cli-error.ts';
import { withSession } from '../cloud/session.ts';
import { paint } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface PutOptions extends JsonOption {
  readonly tenant?: string;
}

/** A file that may be uploaded. */
export interface Upload {
  readonly path: string;
  readonly tenant: string;
  readonly bytes: number;
}

/** `muster files put FILE`: its key alone on standard output, so that a script can name it in a task. */
export async function putFile(path: string, options: PutOptions, globals: GlobalOptions): Promise<void> {
  const upload = await checkedUpload(path, options.tenant);
  return withSession(globals.stage, async ({ aws, target }) => {
    const bucket = target.outputs.TaskFilesBucketName;
    if (bucket === undefined)
      throw new CliError(
        'the task agents are not deployed here',
        'start again with them: npm start -- --systems tasks',
      );
    const key = await putUpload(s3ObjectStore(aws.s3, bucket), upload);
    if (options.json) return printJson({ key, bytes: upload.bytes, tenant: upload.tenant });
    process.stderr.write(`${paint.dim(`${upload.bytes} bytes of ${upload.tenant}; name this key in a task`)}\n`);
    print(key);
  });
}

/** @throws CliError for what is no file, empty or too large, and for a tenant that can't be one */
export async function checkedUpload(path: string, tenant = DEFAULT_TENANT): Promise<Upload> {
  const named = TenantId.safeParse(tenant);
  if (!named.success) throw new CliError(`"${tenant}" is no tenant`, named.error.issues[0]?.message);
  const found = await stat(path).catch((cause: unknown) => {
    throw new CliError(`${path} can't be read`, 'name a file of this machine', { cause });
  });
  if (!found.isFile()) throw new CliError(`${path} is no file`, 'name one file; several at once are not taken');
  if (found.size === 0) throw new CliError(`${path} is empty`, 'nothing was uploaded');
  if (found.size > LARGEST_FILE)
    throw new CliError(`${path} has ${found.size} bytes`, `at most ${LARGEST_FILE} are taken; nothing was uploaded`);
  return { path, tenant: named.data, bytes: found.size };
}

/** Puts it where only its tenant's tasks find it; the same content twice is one object. @returns the key, as they name it */
export async function putUpload(bucket: ObjectStore, { path, tenant }: Upload): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const key = uploadKey(hash.digest('hex'), basename(path));
  await tenantObjects(bucket, tenant).writeFile(key, path);
  return key;
}
