import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { openAiCompatibleModel } from '../../../../lambdas/adapters/models/openai-compatible.ts';
import { mostInputTokens } from '../../../../lambdas/runtime/models/estimate.ts';
import type { ProviderPart, ProviderRequest } from '../../../../lambdas/runtime/models/provider.ts';
import { readObject } from '../../../../lambdas/runtime/models/structured.ts';
import { recorded } from '../../../support/recordings/model.ts';
import { readRecording, replaying } from '../../../support/recordings/recording.ts';
import { Cat, SCENES } from '../../../support/recordings/scenes.ts';

const recording = readRecording('smollm2-135m');
const model = openAiCompatibleModel(recorded('http://127.0.0.1:1/v1'), replaying(recording));
const { signal } = new AbortController();
function scene(name: string): ProviderRequest {
  const found = SCENES[name];
  if (!found) throw new Error(`there is no scene ${name}`);
  return found;
}

describe('what a real model once answered', () => {
  test('is a text with what it used', async () => {
    const answer = await model.generate(scene('answer'), signal);
    expect(answer).toMatchObject({ finish: 'stop', toolCalls: [], text: expect.stringContaining('Paris') });
    expect(answer.usage?.input_tokens).toBeGreaterThan(5);
    expect(answer.usage?.output_tokens).toBeGreaterThan(2);
  });

  test('is an object that fits its schema', async () => {
    const answer = await model.generate(scene('object'), signal);
    const usage = answer.usage ?? { input_tokens: 0, output_tokens: 0 };
    const read = readObject({ ...answer, usage, usd: 0, model: 'recorded' }, Cat);
    expect(read).toMatchObject({ ok: true, object: { name: expect.any(String), legs: expect.any(Number) } });
  });

  test('is a call of a tool', async () => {
    expect(await model.generate(scene('tool'), signal)).toMatchObject({
      finish: 'tool_calls',
      toolCalls: [{ name: 'weather', input: { city: expect.stringMatching(/^(Rome|Oslo)$/) } }],
    });
  });

  test('is a stream of pieces that make up its end', async () => {
    const parts: ProviderPart[] = [];
    for await (const part of model.stream(scene('answer'), signal)) parts.push(part);
    const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    expect(text.length).toBeGreaterThan(3);
    expect(parts.at(-1)).toMatchObject({
      type: 'end',
      answer: { text: text.join(''), finish: 'stop', usage: { output_tokens: expect.any(Number) } },
    });
  });

  test('is a refusal of what is longer than its context', async () => {
    await expect(model.generate(scene('too long'), signal)).rejects.toMatchObject({
      code: 'context_too_long',
      class: 'non_recoverable',
    });
  });
});

describe('the upper bound of tokens', () => {
  const Counted = z.object({ usage: z.object({ prompt_tokens: z.number() }) });
  const counted = recording.exchanges.flatMap(({ name, response }) => {
    const usage = name === 'stream' ? undefined : Counted.safeParse(JSON.parse(response.body)).data?.usage;
    return usage ? [[name, usage.prompt_tokens] as const] : [];
  });

  test('is compared with many real counts', () => {
    expect(counted.length).toBeGreaterThan(10);
  });

  test.each(counted)('of "%s" is not below the %d that were counted', (name, tokens) => {
    expect(mostInputTokens(scene(name))).toBeGreaterThanOrEqual(tokens);
  });
});
