import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { LockFile, leftOutEntries, missingEntries, platformOf } from '../../scripts/lock-file.ts';

const lock = (packages: object) => LockFile.parse({ lockfileVersion: 3, packages });

describe('package-lock.json', () => {
  test('names the packages of every platform; if not, run "npm run lock"', () => {
    expect(missingEntries(LockFile.parse(JSON.parse(readFileSync('package-lock.json', 'utf8'))))).toEqual([]);
  });
});

describe('a package that a mirror does not have', () => {
  const packages = {
    '': { optionalDependencies: { swc: '^1.0.0' } },
    'node_modules/swc': {
      version: '1.2.3',
      dev: true,
      optionalDependencies: { 'swc-linux-x64-musl': '1.2.3', here: '1.0.0' },
    },
    'node_modules/swc/node_modules/here': { version: '1.0.0' },
  };

  test('is missed where its dependent would look for it', () => {
    expect(missingEntries(lock(packages))).toEqual([
      { name: 'swc-linux-x64-musl', version: '1.2.3', wantedBy: 'node_modules/swc' },
    ]);
    expect(missingEntries(lock({ ...packages, 'node_modules/swc-linux-x64-musl': { version: '1.2.3' } }))).toEqual([]);
  });

  test('is put back with its version and for its platform only', () => {
    expect(leftOutEntries(lock(packages))).toEqual({
      'node_modules/swc-linux-x64-musl': {
        version: '1.2.3',
        os: ['linux'],
        cpu: ['x64'],
        libc: ['musl'],
        dev: true,
        optional: true,
      },
    });
  });

  test.each([
    ['a range', { 'swc-linux-x64': '^1.2.3' }],
    ['no platform', { left_pad: '1.2.3' }],
  ])('is not made up where there is %s', (_name, dependencies) => {
    expect(() => leftOutEntries(lock({ '': { dependencies } }))).toThrow('run npm install');
  });
});

test.each([
  ['@biomejs/cli-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
  ['@oxc-parser/binding-linux-arm-musleabihf', { os: ['linux'], cpu: ['arm'], libc: ['musl'] }],
  ['@swc/core-linux-s390x-gnu', { os: ['linux'], cpu: ['s390x'], libc: ['glibc'] }],
  ['@swc/core-win32-ia32-msvc', { os: ['win32'], cpu: ['ia32'] }],
  ['@duckdb/node-bindings-linux-arm64', { os: ['linux'], cpu: ['arm64'] }],
  ['left-pad', undefined],
])('%s is for its platform', (name, platform) => {
  expect(platformOf(name)).toEqual(platform);
});
