import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Models } from '../../../../../lambdas/contracts/model-settings.ts';
import { WorkflowDefinition } from '../../../../../lambdas/contracts/workflow-definition.ts';
import { fakeAgent } from '../../../../../lambdas/testing/fake-agent.ts';
import { scriptedModel } from '../../../../../lambdas/testing/scripted-model.ts';
import { createTestFleet } from '../../../../../lambdas/testing/test-fleet.ts';
import { ask, run } from './examples.ts';

const guide = readFileSync('docs/guides/models.md', 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const of = (language: string): string[] => blocks.flatMap((block) => (block.language === language ? [block.text] : []));

describe('the guide to models', () => {
  test('has code that is compiled', () => {
    const compiled = readFileSync(new URL('examples.ts', import.meta.url), 'utf8');
    const pieces = of('ts').flatMap((block) => block.split('\n\n'));
    expect(pieces.length).toBeGreaterThan(5);
    for (const piece of pieces) expect(compiled).toContain(piece.trim());
  });

  test('has an agent that runs', async () => {
    expect(await run()).toMatchObject({
      status: 'completed',
      result: { answer: { text: 'It is on its way.', mood: 'calm' } },
    });
  });

  test('has a conversation that runs', async () => {
    const fast = scriptedModel([{ calls: [{ name: 'weather', input: { city: 'Rome' } }] }, 'It is clear.']);
    const agent = fakeAgent('asker', { ask: (_, ctx) => ask(ctx, 'Rome?') }, { uses: { models: ['fast'] } });
    const workflow = WorkflowDefinition.parse({ name: 'ask', tasks: [{ id: 'ask', type: 'ask', input: {} }] });
    const fleet = await createTestFleet({ agents: [agent], workflows: [workflow], models: { fast } });
    expect(await fleet.run('ask')).toMatchObject({ status: 'completed', result: { ask: 'It is clear.' } });
  });

  test('has a configuration that is accepted', () => {
    for (const text of of('json'))
      expect(Object.keys(Models.parse(JSON.parse(text)))).toEqual(['smart', 'fast', 'own', 'embed']);
  });

  test('names every error that models have', () => {
    const errors = ['errors', 'structured', 'converse']
      .map((file) => readFileSync(`lambdas/runtime/models/${file}.ts`, 'utf8'))
      .join('');
    const codes = new Set([...errors.matchAll(/'((?:model|no_such|context)_[a-z_]+)'/g)].map(([, code = '']) => code));
    expect(codes.size).toBeGreaterThan(8);
    // 429 never reaches anybody: the task goes back.
    for (const code of codes)
      if (code !== 'model_throttled' && code !== 'model_output_filtered') expect(guide).toContain(code);
  });
});
