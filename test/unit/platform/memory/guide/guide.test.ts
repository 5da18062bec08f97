import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { MemoryOperation, NewMemory, RecallQuery } from '../../../../../lambdas/contracts/memory.ts';
import { createTestFleet, type TestFleet } from '../../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../../support/factories.ts';
import { agent } from './guide-examples.ts';

const guide = readFileSync('docs/guides/memory.md', 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
const inLanguage = (language: string): string[] =>
  blocks.flatMap(([, of, text = '']) => (of === language ? [text] : []));

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

describe('the guide to memory', () => {
  test('has code that is what the compiler checks', () => {
    const checked = readFileSync('test/unit/platform/memory/guide/guide-examples.ts', 'utf8');
    expect(inLanguage('ts')).toHaveLength(2);
    for (const text of inLanguage('ts')) expect(checked).toContain(text);
  });

  test('has an agent that does what it says', async () => {
    fleet = await createTestFleet({
      agents: [agent],
      workflows: [workflow([{ id: 'a', type: 'guests.greet', input: '{% $input %}' }], { name: 'greet' })],
    });
    await fleet.run('greet', { guest: 'Ada', said: 'I like my tea without milk' });
    const second = await fleet.run('greet', { guest: 'Ada', said: 'Good morning' });
    expect(second.result).toEqual({ a: { knows: ['I like my tea without milk'] } });
  });

  test('names every field of an entry and of a question', () => {
    for (const name of [...Object.keys(NewMemory.shape), ...Object.keys(RecallQuery.shape)])
      expect(guide).toContain(`\`${name}\``);
  });

  test('names everything that memory can do', () => {
    for (const { shape } of MemoryOperation.options) {
      const [op] = shape.op.values;
      if (op !== 'read') expect(guide).toContain(`\`${op}`);
    }
  });

  test('calls commands that there are', () => {
    const cli = readFileSync('bin/muster.ts', 'utf8');
    const commands = inLanguage('sh').flatMap((text) =>
      [...text.matchAll(/^npx muster memory (\w+)/gm)].map(([, name]) => name),
    );
    expect(commands).toHaveLength(4);
    for (const name of commands) expect(cli).toContain(`.command('${name}')`);
  });
});
