import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  asksFor,
  lastPiece,
  piece,
  type Reaction,
  type SeenRequest,
  says,
  scriptedEndpoint,
} from '../support/models/scripted-endpoint.ts';
import { PROBE_MODEL_PORT } from '../support/probe/probe-models.ts';
import { ProbeRuns } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;
let endpoint: Awaited<ReturnType<typeof scriptedEndpoint>>;
let script: (request: SeenRequest, count: number) => Reaction | Promise<Reaction> = () => says('yes');

beforeAll(async () => {
  endpoint = await scriptedEndpoint((request, count) => script(request, count), PROBE_MODEL_PORT);
  probe = await ProbeRuns.listeningTo('workflow_completed', 'workflow_failed');
});
afterAll(async () => {
  await endpoint?.close();
  await probe?.close();
});
beforeEach(() => {
  script = () => says('yes');
});

/** A prompt of this test alone, so that its requests can be told from others'. */
const prompt = (): string => `question ${randomUUID()}`;
const think = (how: string, asked: string, more = {}) => [
  { id: 'think', type: 'probe.think', input: { how, prompt: asked, ...more } },
];
const about = (asked: string): SeenRequest[] =>
  endpoint.seen.filter(({ body }) => JSON.stringify(body).includes(asked));

describe('an agent in its Lambda', () => {
  test('asks an OpenAI-compatible endpoint, and what it used is told with the result', async () => {
    const asked = prompt();
    const run = await probe.run(think('generate', asked));
    expect(run).toMatchObject({
      status: 'completed',
      result: { text: 'yes', cached: false, finish: 'stop', usage: { input_tokens: 20, output_tokens: 5 } },
    });
    expect(about(asked)).toHaveLength(1);
  });

  test('asks Bedrock, as the local cloud answers for it', async () => {
    const run = await probe.run(think('generate', prompt(), { model: 'probe-bedrock' }));
    expect(run).toMatchObject({ status: 'completed', result: { text: expect.stringMatching(/./), finish: 'stop' } });
  });

  test('shows a model its broken JSON once, and goes on with the better one', async () => {
    const asked = prompt();
    script = (request) =>
      says(about(asked).indexOf(request) === 0 ? '{"name": "Tom", "legs": ' : '{"name":"Tom","legs":4}');
    expect(await probe.run(think('object', asked))).toMatchObject({
      status: 'completed',
      result: { name: 'Tom', legs: 4 },
    });
    expect(about(asked)).toHaveLength(2);
  });

  test('whose model never stops asking for tools ends, with a reason', async () => {
    const asked = prompt();
    script = () => asksFor('weather', JSON.stringify({ city: randomUUID() }));
    expect(await probe.run(think('converse', asked))).toMatchObject({
      status: 'failed',
      error: { code: 'model_turns_used_up' },
    });
    expect(about(asked)).toHaveLength(4);
  });

  test('whose stream dies in the middle asks anew, and takes nothing of the half for an answer', async () => {
    const asked = prompt();
    script = (request) =>
      about(asked).indexOf(request) === 0
        ? { chunks: [piece('Twice ')], end: sleep(300) }
        : { chunks: [piece('Once '), piece('upon'), piece('', 'stop'), lastPiece], end: 'done' };
    expect(await probe.run(think('stream', asked))).toMatchObject({
      status: 'completed',
      result: { pieces: ['Once ', 'upon'], attempt: 2 },
    });
  });

  test('is answered from the cache by another container, or its own', async () => {
    const asked = prompt();
    const ask = () => probe.run(think('generate', asked, { cacheSeconds: 300 }));
    expect(await ask()).toMatchObject({ result: { cached: false } });
    expect(await ask()).toMatchObject({ result: { text: 'yes', cached: true } });
    expect(about(asked)).toHaveLength(1);
  });

  test('asks no more at once than the fleet may, however many tasks there are', async () => {
    const asked = prompt();
    let now = 0;
    let most = 0;
    script = async () => {
      now += 1;
      most = Math.max(most, now);
      await sleep(100);
      now -= 1;
      return says('yes');
    };
    const tasks = Array.from({ length: 12 }, (_, index) => ({
      ...{ id: `think-${index}`, type: 'probe.think', input: { how: 'generate', prompt: `${asked} ${index}` } },
    }));
    expect(await probe.run({ tasks })).toMatchObject({ status: 'completed' });
    expect(about(asked)).toHaveLength(12);
    expect(most).toBeLessThanOrEqual(2);
  });
});
