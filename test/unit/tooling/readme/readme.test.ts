import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ClientFrame } from '../../../../lambdas/contracts/stream.ts';
import { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import { scriptedModel } from '../../../../lambdas/testing/scripted-model.ts';
import { createTestFleet, type TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { createApiWorld } from '../../../support/api/api-world.ts';
import { clerk, paid, refund } from './clerk.ts';
import { agent as greeter } from './greeter.ts';

const readme = readFileSync('README.md', 'utf8');
/** How lines are broken makes no difference. */
const words = (text: string): string => text.replaceAll(/[\s,]+/g, '');

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

describe('the README', () => {
  test('has code that is what the compiler checks', () => {
    const files = ['greeter', 'clerk'].map((name) => readFileSync(`test/unit/tooling/readme/${name}.ts`, 'utf8'));
    const compiled = words(files.join('\n'));
    const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    expect(blocks).toHaveLength(2);
    for (const block of blocks) expect(compiled).toContain(words(block));
  });

  test('names commands that there are', () => {
    const commands = readFileSync('bin/muster.ts', 'utf8');
    const named = new Set([...readme.matchAll(/npx muster ([a-z]+)/g)].map(([, command]) => command));
    expect(named.size).toBeGreaterThan(10);
    for (const command of named) expect(commands).toContain(`.command('${command}`);
  });

  test('has a request that the API answers as it says, and frames that the WebSocket takes', async () => {
    const [, body = ''] = /^ {2}-d '(.*)'$/m.exec(readme) ?? [];
    const headers = Object.fromEntries(
      [...readme.matchAll(/-H '(X-[\w-]+): ([^']+)'/g)].map(([, k = '', v = '']) => [k, v]),
    );
    const world = await createApiWorld({ agents: [greeter] });
    const answer = await world.call('POST', '/api/v1/agents/execute', { headers, body });
    const [shown = '', frames = ''] = [...readme.matchAll(/^```json\n([\s\S]*?)^```$/gm)]
      .map(([, text = '']) => text)
      .filter((text) => /"status"|"connection_init"/.test(text));
    const { data } = JSON.parse(shown);
    expect(JSON.parse(answer.text)).toEqual({
      ...JSON.parse(shown),
      data: {
        ...{ ...data, task_id: expect.stringMatching(/^run_/) },
        agent_info: { ...data.agent_info, processing_time: expect.any(Number) },
        metadata: { ...data.metadata, timestamp: expect.any(String) },
      },
    });
    const said = frames.trim().split('\n');
    expect(said.map((line) => ClientFrame.parse(JSON.parse(line)).type)).toEqual(['connection_init', 'start']);
  });

  test('has agents that do what it says: one asks before it pays, pays once, and remembers', async () => {
    const fast = scriptedModel([{ json: { text: 'We are sorry.', refund: true } }]);
    fleet = await createTestFleet({ agents: [greeter, clerk], tools: [refund], models: { fast } });
    const run = await fleet.start(
      WorkflowDefinition.parse({
        name: 'letters',
        tasks: [
          { id: 'greet', type: 'greet.person', input: { name: 'Ada' } },
          { id: 'answer', type: 'letters.answer', input: { customer: 'Ada', letter: 'It is broken.' } },
        ],
      }),
    );
    const { tasks, events } = await fleet.look(run);
    expect(paid).toEqual([]);
    const asked = Object.keys(tasks).find((id) => id.includes('-ask')) ?? '';
    const requested = events.find(({ name }) => name === 'decision_requested');
    const digest = String((requested?.detail as { digest?: string } | undefined)?.digest);
    await fleet.decide(run, asked, 'approve', 'ann', { digest });
    expect((await fleet.ended(run)).result).toEqual({
      greet: { text: 'Hello, Ada' },
      answer: { text: 'We are sorry.', refund: true },
    });
    expect(paid).toEqual([{ order: 'order of Ada', key: expect.any(String) }]);
  });
});
