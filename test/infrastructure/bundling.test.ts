import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { buildBundle } from '../../lib/bundling/build.ts';
import { BundleStore } from '../../lib/bundling/bundle-store.ts';
import { elfArchitecture } from '../../lib/bundling/elf.ts';
import { defaultProvider } from '../../lib/bundling/lambda-credentials.ts';
import { inProject } from '../../lib/bundling/project.ts';
import { projectAssets } from '../../lib/bundling/project-assets.ts';

let work: string;
beforeEach(() => {
  mkdirSync(inProject('.muster'), { recursive: true });
  work = mkdtempSync(inProject('.muster/test-'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** A source file; answers its path from the project's root, as requests have it. */
function source(name: string, text: string): string {
  writeFileSync(join(work, name), text);
  return join(work, name).slice(inProject('.').length + 1);
}

function store() {
  const build = jest.fn(buildBundle);
  return { build, fresh: () => new BundleStore(join(work, 'bundles'), build) };
}

describe('a bundle', () => {
  test('is built once and not again while its inputs stay the same', () => {
    source('part.ts', 'export const answer: number = 42;');
    const entry = source(
      'handler.ts',
      "import { answer } from './part.ts'; export const handler = async () => answer;",
    );
    const { build, fresh } = store();
    const first = fresh().bundle({ entry });
    expect(fresh().bundle({ entry })).toEqual(first);
    expect(build).toHaveBeenCalledTimes(1);
  });

  test('is built again when a file that it imports changes, and what it replaces goes', () => {
    source('part.ts', 'export const answer: number = 42;');
    const entry = source(
      'handler.ts',
      "import { answer } from './part.ts'; export const handler = async () => answer;",
    );
    const { build, fresh } = store();
    const first = fresh().bundle({ entry });
    source('part.ts', 'export const answer: number = 43;');
    const second = fresh().bundle({ entry });
    expect(build).toHaveBeenCalledTimes(2);
    expect(second.hash).not.toBe(first.hash);
    expect(readdirSync(join(work, 'bundles')).sort()).toEqual([second.hash, 'recipes'].sort());
  });

  test('has the hash of its content, so that a comment changes nothing', () => {
    const entry = source('handler.ts', 'export const handler = async () => 1;');
    const { fresh } = store();
    const { hash } = fresh().bundle({ entry });
    source('handler.ts', '// why\nexport const handler = async () => 1;');
    expect(fresh().bundle({ entry }).hash).toBe(hash);
  });

  test('has extra entries beside it under their own names', () => {
    const entry = source('handler.ts', 'export const handler = async () => 1;');
    const worker = source('thread.ts', 'export const thread = 1;');
    const { path } = store()
      .fresh()
      .bundle({ entry, extraEntries: { 'expression-worker': worker } });
    expect(readdirSync(path).sort()).toEqual(['expression-worker.mjs', 'index.mjs']);
  });

  test('of a plain agent has at most 400 KB, and nothing of what only the platform reads', () => {
    const { files, inputs } = buildBundle({ entry: 'test/support/probe/agents/worker/handler.ts' });
    const bytes = files.reduce((sum, { contents }) => sum + contents.length, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThanOrEqual(400_000);
    const platforms =
      /^lambdas\/(platform|workflow|flow|access|views)\/|^lambdas\/contracts\/(bus-events|messages)\.ts$/;
    expect(inputs).toContain('lambdas/contracts/manifest.ts');
    expect(inputs.filter((file) => platforms.test(file))).toEqual([]);
  });

  test("has the SDK's event streams only where a client has operations that need them", () => {
    const bundleOf = (client: string): string => {
      const entry = source(
        `${client}.ts`,
        `import { ${client}Client } from '@aws-sdk/client-${client.toLowerCase()}'; export const handler = () => new ${client}Client();`,
      );
      return readFileSync(join(store().fresh().bundle({ entry }).path, 'index.mjs'), 'utf8');
    };
    expect(bundleOf('SQS')).not.toContain('header name exceeds 255 bytes');
    expect(bundleOf('Lambda')).toContain('header name exceeds 255 bytes');
  });

  test('of a source that is not there fails by name', () => {
    expect(() => store().fresh().bundle({ entry: 'lambdas/nowhere/handler.ts' })).toThrow(
      'there is no lambdas/nowhere/handler.ts',
    );
  });

  test('with the AWS SDK has none of the credential providers that a Lambda never uses, and loads', async () => {
    const text =
      "import { SQSClient } from '@aws-sdk/client-sqs'; export const handler = () => new SQSClient({ region: 'eu-central-1' }).config.credentials();";
    const { path } = store()
      .fresh()
      .bundle({ entry: source('handler.ts', text) });
    const code = readFileSync(join(path, 'index.mjs'), 'utf8');
    expect(code).not.toMatch(/fromSSO|fromTokenFile|fromInstanceMetadata|fromProcess/);
    const { handler } = await import(pathToFileURL(join(path, 'index.mjs')).href);
    expect(typeof handler).toBe('function');
  });
});

describe('credentials of a Lambda', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test('come from its environment with their session token', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'shh', AWS_SESSION_TOKEN: 'token' });
    expect(await defaultProvider()()).toEqual({ accessKeyId: 'AKIA', secretAccessKey: 'shh', sessionToken: 'token' });
  });

  test('that are missing are missed by name', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    await expect(defaultProvider()()).rejects.toThrow('AWS_ACCESS_KEY_ID');
  });
});

describe('native code', () => {
  const header = (machine: number) => {
    const bytes = Buffer.alloc(64);
    bytes.write('\x7fELF', 'latin1');
    bytes.writeUInt16LE(machine, 18);
    return bytes;
  };

  test.each([
    [0x3e, 'x64'],
    [0xb7, 'arm64'],
    [0x03, undefined],
  ])('of machine %i is for %s', (machine, architecture) => {
    const file = join(mkdtempSync(join(tmpdir(), 'muster-elf-')), 'native.node');
    writeFileSync(file, header(machine));
    expect(elfArchitecture(file)).toBe(architecture);
  });

  test('that is no ELF file, or cut off, is for no machine', () => {
    expect(elfArchitecture(inProject('package.json'))).toBeUndefined();
    writeFileSync(join(work, 'short'), '\x7fELF');
    expect(elfArchitecture(join(work, 'short'))).toBeUndefined();
  });

  test('a layer that nobody knows fails by name', () => {
    expect(() => projectAssets().layer('oracle', 'x64')).toThrow('there is no layer "oracle"; known: duckdb');
  });
});
