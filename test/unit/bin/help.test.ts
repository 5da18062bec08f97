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
