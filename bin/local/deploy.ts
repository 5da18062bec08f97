import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { CliError } from '../cli-error.ts';
import { LOCAL_STAGE, localSettings, stacksOf } from '../cloud/target.ts';
import { SYSTEMS_VARIABLE } from '../systems.ts';
import { cleanEnvironment, localAwsEnvironment } from './clean-environment.ts';
import { readDeployment, writeDeployment } from './deployment-record.ts';
import { type Home, PROJECT } from './home.ts';
import { Kept } from './phases.ts';
import { lastLines, runCommand } from './run-command.ts';

/** All that a deployment is made from; the endpoint is part of it because queue URLs carry its port. */
const SOURCES = ['lib', 'lambdas', 'bin/app.ts', 'bin/systems.ts', 'cdk.json', 'package-lock.json', 'tsconfig.json'];
/** Settings of a stage that may be tried out locally; those that name resources of an account may not. */
const TUNING = [
  'AGENT_ETL_LOG_LEVEL',
  'AGENT_ETL_MAX_WORKERS',
  'AGENT_ETL_MEMORY_LIMIT',
  'CONNECTION_POOL_SIZE',
  'CONNECTION_TIMEOUT',
  'MONITORING_ENABLED',
  'MUSTER_EMULATOR_IAM',
  'MUSTER_MCP',
  'MUSTER_TENANCY',
  'MUSTER_MEMORY_EMBEDDINGS',
  'MUSTER_MODELS',
  SYSTEMS_VARIABLE,
];
const tuning = () =>
  Object.fromEntries(TUNING.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
const AssetManifest = z.object({
  files: z.record(z.string(), z.object({ destinations: z.record(z.string(), z.object({ bucketName: z.string() })) })),
});
const Assembly = z.object({ hash: z.string() });
const assemblyOf = (home: Home) => home.path('cdk.out');
const CDK = join(PROJECT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}

/** Changes when a deploy would. */
export function sourceHash(endpoint: string, project: string = PROJECT): string {
  const hash = createHash('sha256').update(JSON.stringify([endpoint, process.arch, process.versions.node, tuning()]));
  for (const source of SOURCES)
    for (const file of filesIn(join(project, source)))
      hash.update(`\0${file.slice(project.length)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** Runs the CDK CLI of this project against the local cloud, whatever account the user's shell points to. */
async function cdk(home: Home, endpoint: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const env = cleanEnvironment({
    ...tuning(),
    ...localAwsEnvironment(endpoint),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DEFAULT_ACCOUNT: '000000000000',
    CDK_DEFAULT_REGION: 'us-east-1',
    TMPDIR: home.folder('tmp', 'cdk'),
    CI: 'true',
  });
  const result = await runCommand(process.execPath, [CDK, ...args, '-c', `stage=${LOCAL_STAGE}`, '--no-notices'], {
    cwd: PROJECT,
    env,
    logFile: home.log('cdk'),
    ...(signal && { signal }),
  });
  if (result.code !== 0)
    throw new CliError(
      `cdk ${args[0]} failed:\n${lastLines(result.output, 20)}`,
      `the whole output is in ${home.log('cdk')}`,
    );
}

/** Writes the cloud assembly, unless the one of this home was made from the same sources. Needs no emulator. */
export async function synth(
  home: Home,
  endpoint: string,
  hash: string,
  options: { readonly app?: string; readonly signal?: AbortSignal } = {},
): Promise<Kept<void> | undefined> {
  const made = home.read('assembly.json', Assembly);
  if (made?.hash === hash && existsSync(join(assemblyOf(home), 'manifest.json')))
    return new Kept(undefined, 'nothing changed');
  const app = options.app ? ['--app', options.app] : [];
  await cdk(
    home,
    endpoint,
    ['synth', '--quiet', '-c', 'nag=off', ...app, '--output', assemblyOf(home)],
    options.signal,
  );
  home.write('assembly.json', { hash });
  return undefined;
}

/**
 * Makes the bucket for assets that the assembly names. It is all of CDK's bootstrap that the local stage needs,
 * because it deploys with the command line's own credentials; see lib/emulator-gaps.ts.
 */
async function makeAssetBuckets(home: Home, endpoint: string): Promise<void> {
  const folder = assemblyOf(home);
  const manifests = readdirSync(folder).filter((name) => name.endsWith('.assets.json'));
  const files = manifests.flatMap((name) =>
    Object.values(AssetManifest.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))).files),
  );
  const buckets = new Set(
    files.flatMap((file) => Object.values(file.destinations).map(({ bucketName }) => bucketName)),
  );
  const s3 = new S3Client(localSettings(endpoint));
  try {
    for (const Bucket of buckets) await s3.send(new CreateBucketCommand({ Bucket }));
  } finally {
    s3.destroy();
  }
}

/** Deploys every stack to the local cloud, unless what is there was made from the same sources. */
export async function deploy(home: Home, endpoint: string, hash: string, signal?: AbortSignal): Promise<void> {
  const outputs = home.path('outputs.json');
  await makeAssetBuckets(home, endpoint);
  const app = ['--app', assemblyOf(home), '--method', 'direct', '--require-approval', 'never', '--concurrency', '2'];
  await cdk(home, endpoint, ['deploy', '--all', ...app, '--outputs-file', outputs], signal);
  await writeDeployment(endpoint, hash);
}

/** True when the emulator still has what these sources make. */
export async function isDeployed(endpoint: string, hash: string): Promise<boolean> {
  if ((await readDeployment(endpoint)) !== hash) return false;
  return (await stacksOf(localSettings(endpoint), LOCAL_STAGE)).length > 0;
}
