import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const cli = readFileSync('bin/muster.ts', 'utf8');

test('the command line says of each command, argument and option what it is', () => {
  const silent = [...cli.matchAll(/\.(?:argument|option|requiredOption)\('[^']*'\)/g)].map(([text]) => text);
  expect(silent).toEqual([]);
  const commands = cli.split(/\.command\('/).slice(1);
  expect(commands.length).toBeGreaterThan(40);
  expect(commands.filter((text) => !text.includes('.description('))).toEqual([]);
});

test('whoever has read enough may stop reading', async () => {
  const child = spawn(process.execPath, ['bin/muster.ts', '--help'], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const [code] = await once(child, 'close');
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
