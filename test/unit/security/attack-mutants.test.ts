import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ATTACKS } from '../../security/attacks.ts';
import { ATTACK_MUTANTS } from '../../security/mutants.ts';
import { sourceWith } from '../../security/planting.ts';
import { securityPage } from '../../security/table.ts';

describe('the mutants of attacks', () => {
  test('are each called something else', () => {
    const ids = ATTACK_MUTANTS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(ATTACK_MUTANTS.map((mutant) => [mutant.id, mutant] as const))(
    '%s takes away something that is there once, and has a test',
    (_, mutant) => {
      const source = readFileSync(mutant.file, 'utf8');
      expect(sourceWith(mutant, `${process.cwd()}/${mutant.file}`, source)).not.toBe(source);
      expect(existsSync(mutant.test.file)).toBe(true);
    },
  );

  test('leave no attack of the matrix out', () => {
    const covered = new Set(ATTACK_MUTANTS.map(({ attack }) => attack));
    expect(Object.keys(ATTACKS).filter((number) => !covered.has(Number(number)))).toEqual([]);
  });

  test('are those of docs/security.md: `node test/security/table.ts` writes its table', () => {
    const page = readFileSync('docs/security.md', 'utf8');
    expect(page).toBe(securityPage(page));
  });

  test('change no other file, and none that has changed since', () => {
    const mutant = { id: 'x', file: 'lambdas/a.ts', find: 'one', replace: 'two' };
    expect(sourceWith(mutant, '/elsewhere/lambdas/a.ts', 'one')).toBe('one');
    expect(() => sourceWith(mutant, `${process.cwd()}/lambdas/a.ts`, 'one one')).toThrow('2 times, not once');
    expect(() => sourceWith(mutant, `${process.cwd()}/lambdas/a.ts`, 'three')).toThrow('0 times, not once');
  });
});
