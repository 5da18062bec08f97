import { writeFileSync } from 'node:fs';
import { openAiCompatibleModel } from '../../../lambdas/adapters/models/openai-compatible.ts';
import { createPooledFetch } from '../../../lambdas/adapters/pooled-fetch.ts';
import { LOCAL_MODEL_PORT } from '../../../lib/local-model.ts';
import { recorded } from './model.ts';
import type { Exchange, Recording } from './recording.ts';
import { SCENES } from './scenes.ts';

/*
 * Makes the recording anew: `npx muster model` in one terminal, `node test/support/recordings/record.ts` in another.
 */

const send = createPooledFetch();
const exchanges: Exchange[] = [];
let scene = '';
const recording: typeof fetch = async (target, options) => {
  const answer = await send(target, options);
  const body = await answer.text();
  exchanges.push({
    name: scene,
    request: { path: new URL(String(target)).pathname, body: JSON.parse(String(options?.body)) },
    response: { status: answer.status, headers: { 'content-type': answer.headers.get('content-type') ?? '' }, body },
  });
  return new Response(body, { status: answer.status, headers: answer.headers });
};

const model = openAiCompatibleModel(recorded(`http://127.0.0.1:${LOCAL_MODEL_PORT}/v1`), recording);
const { signal } = new AbortController();
for (const [name, request] of Object.entries(SCENES)) {
  scene = name;
  await model.generate(request, signal).catch(() => {});
}
scene = 'stream';
const { answer } = SCENES;
if (answer) for await (const _ of model.stream(answer, signal));

const made: Recording = {
  recording: true,
  provider: 'openai-compatible',
  model: 'SmolLM2-135M-Instruct Q4_1, by `muster model` (node-llama-cpp 3.22.1)',
  date: new Date().toISOString().slice(0, 10),
  note: 'Real answers of a very small model, for the form of answers and the counting of tokens. What it says is worth nothing.',
  exchanges,
};
writeFileSync(new URL('smollm2-135m.json', import.meta.url), `${JSON.stringify(made, null, 2)}\n`);
