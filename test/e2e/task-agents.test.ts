import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { apiUrlOf, streamUrlOf } from '../../bin/cloud/api-url.ts';
import { Home, PROJECT } from '../../bin/local/home.ts';
import { modelEndpoint } from '../../bin/local/model/endpoint.ts';
import { ensureModelFiles } from '../../bin/local/model/files.ts';
import { loadSmallModel } from '../../bin/local/model/small-model.ts';
import { createClient } from '../../client/client.ts';
import { s3ObjectStore } from '../../lambdas/adapters/aws/s3-object-store.ts';
import { createStreamReader, type FollowedFrame } from '../../lambdas/contracts/stream-reader.ts';
import { LOCAL_MODEL_PORT } from '../../lib/local-model.ts';
import { muster } from '../support/local-cloud/muster.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { TestCloud } from '../support/local-cloud/test-cloud.ts';
import { StreamClient } from '../support/stream-client.ts';
import { ARTICLE } from '../unit/systems/task-agents/support/texts.ts';

let cloud: TestCloud;
let token: string;
const clients: StreamClient[] = [];

beforeAll(async () => {
  cloud = await TestCloud.connect();
  token = (await muster('token', '--role', 'operator', '--as', 'ann')).trim();
});
afterAll(() => cloud?.close());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** Has a task done over the WebSocket API. @returns every frame of it, in order */
async function stream(task_type: string, input: object, whileAtWork = async (): Promise<void> => {}) {
  const client = await StreamClient.open(streamUrlOf(cloud.session.target) ?? '');
  clients.push(client);
  client.say({ type: 'connection_init', payload: { token, client_id: randomUUID() } });
  await client.hears(({ type }) => type === 'connection_ack');
  client.say({ type: 'start', id: 'op', payload: { task_type, input } });
  await client.hears(({ type }) => type === 'start_ack');
  await whileAtWork();
  await client.hears(({ type, ...frame }) => type === 'complete' || (type === 'error' && 'id' in frame), 200_000);
  const reader = createStreamReader('op');
  return client.frames.flatMap((frame): FollowedFrame[] => [...reader.take(frame)]);
}

describe('with the real small model', () => {
  let server: Server;
  beforeAll(async () => {
    // Kept in the project's own folder: 180 MB are fetched once, and not for each run of the tests.
    const files = await ensureModelFiles(new Home(join(PROJECT, '.muster')), () => {});
    server = modelEndpoint(await loadSmallModel(files));
    server.listen(LOCAL_MODEL_PORT, '127.0.0.1');
    await once(server, 'listening');
  }, 240_000);
  afterAll(async () => {
    server?.closeAllConnections();
    server?.close();
  });

  test('a summary is streamed word by word; what the model says is believed only if it is about the text', async () => {
    const piecesOf = (heard: readonly FollowedFrame[]): string[] =>
      heard.flatMap((frame) =>
        frame.type === 'data' && frame.payload.current_step === 'generating'
          ? [String(frame.payload.partial_result)]
          : [],
      );
    // Containers that asked before there was a model leave it alone for a minute: so this comes first.
    const byTheModel = async () => {
      const heard = await stream('text.summarize', { text: ARTICLE, sentences: 2 });
      return piecesOf(heard).length > 0 ? heard : undefined;
    };
    const frames = await cloud.eventually(byTheModel);
    const pieces = piecesOf(frames);
    expect(pieces.length).toBeGreaterThan(3);
    const last = frames.at(-1);
    expect(last).toMatchObject({ type: 'complete', payload: { final_result: { made_by: { agent: 'summarizer' } } } });
    const result = last?.type === 'complete' ? last.payload.final_result : null;
    const { summary, answered_by } = result as { summary: string; answered_by: { way: string; why?: string } };
    expect(summary.length).toBeGreaterThan(20);
    if (answered_by.way === 'model') expect(pieces.join('').replaceAll(/\s+/g, ' ')).toContain(summary.slice(0, 40));
    else expect(answered_by.why).toMatch(/model/);
  });
});

describe('task agents on the local cloud', () => {
  test('muster demo tasks plays every stage, and ends well', async () => {
    const { code, stdout } = await runCli(['demo', 'tasks']);
    expect(stdout).toContain('processing_chunk_1');
    expect(stdout).toMatch(/quality [ABCD]: complete/);
    expect(stdout).toContain('Three reviewers vote on it');
    expect(code).toBe(0);
  });

  test('POST /api/v1/agents/execute carries a task to an agent, and its words back', async () => {
    const client = createClient({ url: apiUrlOf(cloud.session.target) ?? '', token });
    const { status, body } = await client.executeTask({
      body: {
        task_type: 'text.extract',
        content: { text: 'Total: 12', schema: { properties: { total: { type: 'number' } } }, way: 'statistics' },
        priority: 'high',
        timeout: 25,
      },
      headers: { 'x-agent-preference': 'statistician' },
    });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ result: { data: { total: 12 } }, agent_info: { name: 'statistician' } });
  });

  test('muster files put prints the key by which a task names the file', async () => {
    const path = join(PROJECT, 'node_modules', 'vega-datasets', 'data', 'seattle-weather.csv');
    const { code, stdout } = await runCli(['files', 'put', path]);
    expect(code).toBe(0);
    const client = createClient({ url: apiUrlOf(cloud.session.target) ?? '', token });
    const { body } = await client.executeTask({
      body: {
        task_type: 'input.prepare',
        content: { file: { name: 'seattle-weather.csv', key: stdout.trim() } },
        priority: 'high',
        timeout: 25,
      },
    });
    expect(body.data).toMatchObject({ result: { kind: 'table', table: { rows: 1_461 } } });
  });

  test('a live analysis whose Lambda is killed in the middle goes on, and counts every line once', async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => `${n},${n % 7}`);
    const store = s3ObjectStore(cloud.session.aws.s3, cloud.output('TaskFilesBucketName'));
    await store.write('e2e/long.csv', ['n,day', ...lines].join('\n'), 'text/csv');
    let killed = 0;
    const frames = await stream('streaming_analysis', { file: 'e2e/long.csv', chunk_characters: 400 }, async () => {
      killed = await cloud.eventually(async () => cloud.killWorkers('StreamAnalyst') || undefined);
    });
    expect(killed).toBeGreaterThan(0);
    expect(frames.at(-1)).toMatchObject({
      type: 'complete',
      payload: { final_result: { figures: { lines: 59_999, mean_n: 29_999.5 } } },
    });
  });
});
