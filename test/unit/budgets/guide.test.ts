import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Budget } from '../../../lambdas/contracts/budget.ts';
import { checkDefinition } from '../../../lambdas/workflow/definition.ts';
import { reader, research } from './guide-examples.ts';

const guide = readFileSync('docs/guides/budgets.md', 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
const inLanguage = (language: string): string[] =>
  blocks.flatMap(([, of, text = '']) => (of === language ? [text] : []));

describe('the guide on budgets', () => {
  test('has code that is what the compiler checks', () => {
    const checked = readFileSync('test/unit/budgets/guide-examples.ts', 'utf8');
    expect(inLanguage('ts')).toHaveLength(2);
    for (const text of inLanguage('ts')) expect(checked).toContain(text);
  });

  test('defines a sound workflow whose budgets are what it says', () => {
    expect(checkDefinition(research)).toMatchObject({ budget: { usd: 2, atLimit: 'ask' } });
    expect(reader.budget).toEqual({ usd: 0.2, calls: 50, atLimit: 'stop' });
  });

  test('names every bound, and what can happen at the limit', () => {
    const { atLimit, ...bounds } = Budget.shape;
    for (const name of [...Object.keys(bounds), ...atLimit.unwrap().options]) expect(guide).toContain(`\`${name}\``);
  });

  test('calls commands that there are', () => {
    const cli = readFileSync('bin/muster.ts', 'utf8');
    const commands = inLanguage('sh').flatMap((text) =>
      [...text.matchAll(/^npx muster (\w+)/gm)].map(([, name]) => name),
    );
    expect(commands.length).toBeGreaterThan(6);
    for (const name of new Set(commands)) expect(cli).toMatch(new RegExp(`command\\('${name}'\\)`));
  });
});
