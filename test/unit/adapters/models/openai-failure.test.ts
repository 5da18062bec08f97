import { inspect } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { jsonLogger } from '../../../../lambdas/adapters/json-logger.ts';
import { openAiCompatibleModel } from '../../../../lambdas/adapters/models/openai-compatible.ts';
import { createPooledFetch } from '../../../../lambdas/adapters/pooled-fetch.ts';
import { ModelSettings } from '../../../../lambdas/contracts/model-settings.ts';
import { at } from '../../../support/models/model-player.ts';
import { type Reaction, scriptedEndpoint } from '../../../support/models/scripted-endpoint.ts';

const KEY = 'sk-very-long-key-of-ours-0123456789';
let close: () => Promise<void> = async () => {};
afterEach(() => close());

/** How a call fails at an endpoint that reacts so. */
async function failureAt(reaction: Reaction): Promise<{ readonly error: unknown; readonly authorization: unknown }> {
  const endpoint = await scriptedEndpoint(() => reaction);
  close = endpoint.close;
  const settings = ModelSettings.parse(at(endpoint.baseUrl));
  if (settings.provider !== 'openai-compatible') throw new Error('it is one');
  const model = openAiCompatibleModel(settings, createPooledFetch(), async () => KEY);
  const request = { messages: [{ role: 'user' as const, content: 'Hello' }], maxOutputTokens: 5 };
  const error: unknown = await model.generate(request, new AbortController().signal).catch((thrown: unknown) => thrown);
  return { error, authorization: endpoint.seen[0]?.headers.authorization };
}

test.each<[string, Reaction]>([
  ['in its error', { status: 401, json: { error: { message: `Received API Key = ${KEY}` } } }],
  ['in an error of its own form', { status: 500, json: { detail: `what is ${KEY}?` } }],
  ['in plain text', { status: 400, text: `bad header: authorization=${KEY}` }],
  ['in what should have been an answer', { status: 200, text: `<html>${KEY}</html>` }],
])('an endpoint that repeats our key %s does not bring it into errors and logs', async (_, reaction) => {
  const { error, authorization } = await failureAt(reaction);
  expect(authorization).toBe(`Bearer ${KEY}`);
  expect(error).toBeInstanceOf(Error);
  const lines: string[] = [];
  jsonLogger({ level: 'debug', write: (line) => void lines.push(line) }).error('it failed', { error });
  expect(lines.join('')).toContain('"code":"model_');
  for (const text of [...lines, inspect(error, { depth: 10 })]) expect(text).not.toContain(KEY);
});
