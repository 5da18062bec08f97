import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkedUpload, putUpload } from '../../../bin/commands/files.ts';
import { agent as preprocessor } from '../../../lambdas/systems/task-agents/agents/preprocessor/agent.ts';
import { FileKey, LARGEST_FILE } from '../../../lambdas/systems/task-agents/files.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../support/factories.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, body: string): string {
  writeFileSync(join(folder, name), body);
  return join(folder, name);
}

describe('muster files put', () => {
  const PREPARE = workflow([{ id: 'do', type: 'input.prepare', input: { file: '{% $input %}' } }], { name: 'prepare' });

  test("puts a file where its tenant's tasks find it by the key, and nobody else's do", async () => {
    const fleet = await createTestFleet({ agents: [preprocessor], workflows: [PREPARE] });
    const upload = await checkedUpload(file('Zürich sales.csv', 'a,b\n1,2\n'), 'acme');
    const key = await putUpload(fleet.platform.world.bucket('task-files'), upload);
    expect(upload.bytes).toBe(8);
    expect(FileKey.parse(key)).toMatch(/^uploads\/[0-9a-f]{16}\/.*sales\.csv$/);
    const read = async (tenant: string) => fleet.run('prepare', { name: 'sales.csv', key }, { tenant });
    expect((await read('acme')).result?.do).toMatchObject({ table: { columns: ['a', 'b'] }, file: key });
    expect((await read('default')).error).toMatchObject({ code: 'object_missing' });
  });

  test('the same content twice is one object, and the default tenant has its own', async () => {
    const fleet = await createTestFleet({ agents: [preprocessor], workflows: [PREPARE] });
    const bucket = fleet.platform.world.bucket('task-files');
    const upload = await checkedUpload(file('a.txt', 'Hello there'));
    expect(await putUpload(bucket, upload)).toBe(await putUpload(bucket, upload));
    expect(await bucket.list('')).toEqual([{ key: expect.stringMatching(/^uploads\//), bytes: 11 }]);
  });

  const large = (): string => {
    const path = file('large.csv', 'a');
    truncateSync(path, LARGEST_FILE + 1);
    return path;
  };
  test.each<[string, () => [string, string?], string]>([
    ['a folder', () => [folder], 'is no file'],
    ['an empty file', () => [file('a.csv', '')], 'is empty'],
    ['a file that is too large', () => [large()], `has ${LARGEST_FILE + 1} bytes`],
    ['a tenant that is a way around', () => [file('a.csv', 'a'), '../acme'], '"../acme" is no tenant'],
  ])('refuses %s', async (_, args, why) => {
    await expect(checkedUpload(...args())).rejects.toThrow(why);
  });

  test('what is wrong with a file is said before any cloud is looked for, with what to do', async () => {
    const env = { ...process.env, MUSTER_HOME: folder, NO_COLOR: '1' };
    const stderr = await new Promise<string>((resolve) => {
      execFile('node', ['bin/muster.ts', 'files', 'put', join(folder, 'no.csv')], { env }, (_, __, said) =>
        resolve(said),
      );
    });
    expect(stderr).toBe(`error: ${join(folder, 'no.csv')} can't be read\n  → name a file of this machine\n`);
  });
});
