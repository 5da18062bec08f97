import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cleanEnvironment } from '../../../bin/local/clean-environment.ts';
import { sourceHash } from '../../../bin/local/deploy.ts';
import { rememberedPort } from '../../../bin/local/free-port.ts';
import { Home, runningCloud } from '../../../bin/local/home.ts';

let home: Home;
beforeEach(() => {
  home = new Home(mkdtempSync(join(tmpdir(), 'muster-home-')));
});
afterEach(() => rmSync(home.dir, { recursive: true, force: true }));

describe('ports', () => {
  test('are kept from one start to the next', async () => {
    const first = await rememberedPort(home, 'emulator');
    expect(await rememberedPort(home, 'emulator')).toBe(first);
  });

  test('are given up when somebody else has taken them', async () => {
    const first = await rememberedPort(home, 'emulator');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(first, '127.0.0.1', resolve));
    try {
      expect(await rememberedPort(home, 'emulator')).not.toBe(first);
    } finally {
      other.close();
    }
  });
});

describe('the running cloud', () => {
  const cloud = {
    endpoint: 'http://127.0.0.1:1',
    weatherUrl: 'http://127.0.0.1:2/weather',
    postgresPort: 3,
    startedAt: 'now',
  };

  test('is found while its process is alive', () => {
    home.write('running.json', { ...cloud, pid: process.pid });
    expect(runningCloud(home)).toMatchObject({ endpoint: cloud.endpoint });
  });

  test('is not found after its process has died, or when the file is damaged', () => {
    home.write('running.json', { ...cloud, pid: 2 ** 22 + 1 });
    expect(runningCloud(home)).toBeUndefined();
    writeFileSync(home.path('running.json'), '{"pid":');
    expect(runningCloud(home)).toBeUndefined();
  });

  test('keeps its password from other users', () => {
    home.write('secret.json', { password: 'x' }, 0o600);
    expect(statSync(home.path('secret.json')).mode & 0o777).toBe(0o600);
  });
});

describe('what is deployed', () => {
  test('is made anew when a source changes or the endpoint does, and only then', () => {
    const project = home.folder('project', 'lib');
    writeFileSync(join(project, 'stack.ts'), 'a');
    const at = (endpoint: string) => sourceHash(endpoint, home.path('project'));
    const before = at('http://127.0.0.1:1');
    expect(at('http://127.0.0.1:1')).toBe(before);
    expect(at('http://127.0.0.1:2')).not.toBe(before);
    writeFileSync(join(project, 'stack.ts'), 'b');
    expect(at('http://127.0.0.1:1')).not.toBe(before);
  });
});

describe('the environment of what is started', () => {
  test("has nothing of the user's AWS settings", () => {
    process.env.AWS_PROFILE = 'production';
    process.env.DATABASE_URL = 'postgres://elsewhere';
    try {
      const names = Object.keys(cleanEnvironment({ AWS_REGION: 'us-east-1' }));
      expect(names).not.toContain('AWS_PROFILE');
      expect(names).not.toContain('DATABASE_URL');
      expect(names).toEqual(expect.arrayContaining(['PATH', 'AWS_REGION']));
    } finally {
      delete process.env.AWS_PROFILE;
      delete process.env.DATABASE_URL;
    }
  });
});
