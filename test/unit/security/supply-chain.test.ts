import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Component } from '../../supply-chain/bill-of-materials.ts';
import { isPermissive, licenceProblem } from '../../supply-chain/licences.ts';
import { pinProblems } from '../../supply-chain/pins.ts';

const component = (licenses: string[], rest: Partial<Component> = {}): Component => ({
  ...{ name: 'left-pad', version: '1.0.0', purl: 'pkg:npm/left-pad@1.0.0', licenses },
  ...{ hashes: [], properties: [] },
  ...rest,
});
const development = { properties: [{ name: 'cdx:npm:package:development', value: 'true' }] };

describe('a licence', () => {
  test.each([
    ['MIT', true],
    ['GPL-3.0-or-later', false],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['MIT AND GPL-3.0-or-later', false],
    ['GPL-2.0-only OR MIT AND ISC', true],
    ['(GPL-2.0-only OR MIT) AND SSPL-1.0', false],
    ['Apache-2.0 WITH LLVM-exception', false],
    ['MIT MIT', false],
    ['(MIT', false],
    ['', false],
    ['SEE LICENSE IN LICENSE.txt', false],
  ])('%s is permissive: %s', (expression, is) => expect(isPermissive(expression)).toBe(is));

  test('that is missing, or none of those that are fine, is a problem', () => {
    expect(licenceProblem(component(['ISC']))).toBeUndefined();
    expect(licenceProblem(component([]))).toBe('left-pad@1.0.0 names no licence');
    expect(licenceProblem(component(['MIT', 'AGPL-3.0-only']))).toMatch('not permissive');
  });

  test('that somebody has looked at for development is none for what is deployed', () => {
    const data = component(['CC-BY-4.0'], { name: 'caniuse-lite' });
    expect(licenceProblem({ ...data, ...development })).toBeUndefined();
    expect(licenceProblem(data)).toMatch('is deployed');
    expect(licenceProblem({ ...data, ...development, licenses: ['GPL-3.0-only'] })).toMatch('not permissive');
  });
});

describe('what the project depends on', () => {
  const json = (file: string): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8'));
  const [project, lock] = [json('package.json'), json('package-lock.json')];

  test('is pinned to one version each, from the registry', () => {
    expect(pinProblems(project, lock)).toEqual([]);
  });

  test.each(['^1.2.3', '~1.2.3', '1.x', '*', 'latest', 'https://example.com/a.tgz', 'github:a/b', 'file:../a'])(
    '%s is no pin',
    (version) => {
      expect(pinProblems({ dependencies: { a: version } }, { packages: {} })).toEqual([
        `a is "${version}", not one version`,
      ]);
    },
  );

  test('is found out when the lock file says otherwise, or takes it from elsewhere', () => {
    const packages = {
      'node_modules/a': { version: '1.0.1' },
      'node_modules/b/node_modules/c': { version: '1.0.0', resolved: 'https://evil.example/c.tgz' },
    };
    expect(pinProblems({ dependencies: { a: '1.0.0' }, allowScripts: { d: true } }, { packages })).toEqual([
      'a is 1.0.0 in package.json and 1.0.1 in package-lock.json',
      'c comes from https://evil.example/c.tgz, not from the registry',
      'allowScripts names d, which has no install script',
    ]);
  });
});
