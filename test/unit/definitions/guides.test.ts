import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createWorkerEvaluator } from '../../../lambdas/adapters/expressions/worker-evaluator.ts';
import { checkAddedTasks, checkDefinition, checkExpressions } from '../../../lambdas/workflow/definition.ts';
import * as examples from './guide-examples.ts';

const evaluator = createWorkerEvaluator();
afterAll(() => evaluator.close());

interface Block {
  readonly guide: string;
  readonly language: string;
  readonly text: string;
}

function blocksOf(guide: string): Block[] {
  const text = readFileSync(`docs/guides/${guide}.md`, 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', block = '']) => ({
    guide,
    language,
    text: block,
  }));
}

const BLOCKS = ['workflows', 'patterns', 'flow-control'].flatMap(blocksOf);
const inJson = BLOCKS.filter(({ language }) => language === 'json');
const inTypeScript = BLOCKS.filter(({ language }) => language === 'ts');
const firstLine = ({ text }: Block) => text.slice(0, 70).replaceAll('\n', ' ');

async function expectSound(definition: unknown): Promise<void> {
  await checkExpressions(checkDefinition(definition), (source) => evaluator.check(source));
}

describe('the guides', () => {
  test('hold examples in both languages', () => {
    expect(inJson.length).toBeGreaterThan(12);
    expect(inTypeScript.length).toBeGreaterThan(6);
    expect(BLOCKS.filter(({ language }) => !['json', 'ts', 'text'].includes(language))).toEqual([]);
  });

  test.each(inJson.map((block) => [block.guide, firstLine(block), block] as const))(
    '%s: the definition %s … is sound',
    async (_guide, _line, { text }) => {
      const document: unknown = JSON.parse(text);
      if (!Array.isArray(document)) return expectSound(document);
      // Tasks that an agent adds stand in a group of the run that they are added to.
      const grouped = document.some((task) => 'group' in task);
      if (grouped) expect(() => checkAddedTasks(new Set(), new Set(['chapters']), document)).not.toThrow();
      else await expectSound({ name: 'example', tasks: document });
    },
  );

  test.each(inTypeScript.map((block) => [block.guide, firstLine(block), block] as const))(
    '%s: the code %s … is what the compiler checks',
    (_guide, _line, { text }) => {
      expect(readFileSync('test/unit/definitions/guide-examples.ts', 'utf8')).toContain(text);
    },
  );

  test('make a sound definition in each piece of code', async () => {
    const definitions = Object.values(examples);
    expect(definitions).toHaveLength(inTypeScript.length);
    for (const definition of definitions) await expectSound(definition);
  });

  test('name every reason for which a definition is refused', () => {
    const guide = readFileSync('docs/guides/workflows.md', 'utf8');
    const files = ['collaboration', 'graph', 'kinds', 'names', 'references', 'size', 'task-types'].map((name) =>
      readFileSync(`lambdas/workflow/check-${name}.ts`, 'utf8'),
    );
    const codes = files.flatMap((text) => [...text.matchAll(/(?:fault|refuse)\(\s*'(\w+)'/g)].map(([, code]) => code));
    expect(codes.length).toBeGreaterThan(15);
    for (const code of new Set(codes)) expect(guide).toContain(`\`${code}\``);
  });
});
