import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../../lambdas/adapters/system.ts';
import { WorkflowDefinition } from '../../../../../lambdas/contracts/workflow-definition.ts';
import { scriptedModel } from '../../../../../lambdas/testing/scripted-model.ts';
import { toolPlayer } from '../../../../support/tools/tool-player.ts';
import { asked, clerk, connections, fleetOf, orderTools, refund } from './examples.ts';

const guide = readFileSync('docs/guides/tools.md', 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
const inLanguage = (language: string): string[] =>
  blocks.flatMap(([, of, text = '']) => (of === language ? [text] : []));
const words = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('the guide on tools', () => {
  test('has code that is what the compiler checks', () => {
    const checked = words(readFileSync('test/unit/runtime/tools/guide/examples.ts', 'utf8'));
    expect(inLanguage('ts')).toHaveLength(4);
    for (const text of inLanguage('ts')) expect(checked).toContain(words(text));
  });

  test('defines a tool and an agent that fit each other', () => {
    expect(clerk.manifest.uses).toMatchObject({ steps: true, tools: ['refund', 'http'] });
    expect(refund.permissions.every((word) => clerk.manifest.uses.permissions.includes(word))).toBe(true);
  });

  test('runs on the platform in this process: money is paid back once, whatever the model does', async () => {
    const paid: Array<{ url: string; key: string | undefined }> = [];
    const calls = [{ name: 'http', input: { url: 'https://orders.shop.example/7' } }];
    const fleet = await fleetOf(
      { fast: scriptedModel([{ calls }, 'Here you are.']) },
      { pay: 'k' },
      async (url, request) => {
        if (request?.method === 'POST') paid.push({ url, key: request.headers?.authorization });
        return {
          status: 200,
          url,
          headers: { 'content-type': 'text/plain' },
          body: request?.method ? `about ${url}` : '',
        };
      },
    );
    const tasks = [{ id: 'answer', type: 'shop.complaint', input: { order: '7', letter: 'Broken!' } }];
    const run = await fleet.run(WorkflowDefinition.parse({ name: 'complaint', tasks }));
    expect(run).toMatchObject({ status: 'completed', result: { answer: { answer: 'Here you are.' } } });
    expect(paid).toEqual([{ url: 'https://pay.example.com/refunds', key: 'Bearer k' }]);
  });

  test('has tools that share a connection, and ask for many things at once', async () => {
    const player = toolPlayer(orderTools({ clock: systemClock }), async (ctx) =>
      Promise.all(['a', 'bb', 'ccc'].map((id) => ctx.tool('order', { id }))),
    );
    expect(await player.deliver()).toMatchObject({
      result: { value: [{ cents: 100 }, { cents: 200 }, { cents: 300 }] },
    });
    expect(asked).toEqual([['a', 'bb', 'ccc']]);
    expect(connections.open).toBe(1);
  });

  test('names every error that a call may end with, and commands that there are', () => {
    const codes = [
      'tool_input_invalid',
      'tool_output_invalid',
      'tool_not_allowed',
      'tool_not_permitted',
      'tool_changed',
    ];
    for (const code of [...codes, 'tainted_arguments', 'non_deterministic']) expect(guide).toContain(`\`${code}\``);
    const cli = readFileSync('bin/muster.ts', 'utf8');
    const options = inLanguage('sh').flatMap((text) => [...text.matchAll(/--[a-z-]+/g)].map(([option]) => option));
    expect(options.length).toBeGreaterThan(2);
    for (const option of new Set(options)) expect(cli).toContain(`'${option}`);
  });
});
