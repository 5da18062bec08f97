import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServerFrame } from '../../lambdas/contracts/stream.ts';
import { createStreamReader, type FollowedFrame } from '../../lambdas/contracts/stream-reader.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { lastPiece, piece, scriptedEndpoint } from '../support/models/scripted-endpoint.ts';
import { PROBE_MODEL_PORT } from '../support/probe/probe-models.ts';
import { ProbeRuns } from '../support/probe/probe-runs.ts';
import { StreamClient } from '../support/stream-client.ts';

const WORDS = Array.from({ length: 64 }, (_, n) => `token${n} `);

let probe: ProbeRuns;
let endpoint: Awaited<ReturnType<typeof scriptedEndpoint>>;
let url: string;
const clients: StreamClient[] = [];

beforeAll(async () => {
  endpoint = await scriptedEndpoint(
    () => ({ chunks: [...WORDS.map((word) => piece(word)), piece('', 'stop'), lastPiece], end: 'done' }),
    PROBE_MODEL_PORT,
  );
  probe = await ProbeRuns.listeningTo('workflow_completed', 'workflow_failed');
  const { endpoint: cloud } = probe.cloud;
  url = `${cloud.replace(/^http/, 'ws')}/_aws/execute-api/${probe.cloud.output('StreamApi')}`;
});
afterAll(async () => {
  await endpoint?.close();
  await probe?.close();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function tokenFor(role: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(['token', '--role', role, '--as', 'ann', ...more]);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

async function connect(token: string): Promise<StreamClient> {
  const client = await StreamClient.open(url);
  clients.push(client);
  client.say({ type: 'connection_init', payload: { token, client_id: randomUUID() } });
  return client;
}

const isEnd = ({ type }: ServerFrame): boolean => type === 'complete';

describe('the WebSocket API on the local cloud', () => {
  test('has a task done and tells of it, token by token, to its end', async () => {
    const client = await connect(await tokenFor('operator'));
    await client.hears(({ type }) => type === 'connection_ack');
    const input = { how: 'stream', prompt: `question ${randomUUID()}` };
    client.say({ type: 'start', id: 'op', payload: { task_type: 'probe.think', input } });
    await client.hears(isEnd);
    const reader = createStreamReader('op');
    const read: FollowedFrame[] = client.frames.flatMap((frame) => reader.take(frame));
    expect(reader.ended).toBe(true);
    const tokens = read.flatMap((frame) =>
      frame.type === 'data' && frame.payload.current_step === 'generating' ? [frame.payload.partial_result] : [],
    );
    expect(tokens.join('')).toBe(WORDS.join(''));
    expect(read.at(-1)).toMatchObject({ type: 'complete', payload: { final_result: { pieces: WORDS, attempt: 1 } } });
  });

  test('sends again what came after the number that a client has', async () => {
    const token = await tokenFor('operator');
    const first = await connect(token);
    await first.hears(({ type }) => type === 'connection_ack');
    const run = await probe.start([
      { id: 'wait', waitFor: { event: 'go' } },
      {
        id: 'think',
        type: 'probe.think',
        input: { how: 'stream', prompt: `question ${randomUUID()}` },
        dependsOn: ['wait'],
      },
      { id: 'rest', waitFor: { event: 'end' }, dependsOn: ['think'] },
    ]);
    await probe.until(run, ({ status }) => status === 'running');
    first.say({ type: 'start', id: 'op', payload: { subscribe: { run, after: 0 } } });
    await first.hears(({ type }) => type === 'start_ack');
    await runCli(['signal', run, 'go']);
    await first.hears((frame) => frame.type === 'data');
    first.close();
    const reader = createStreamReader('op');
    for (const frame of first.frames) reader.take(frame);
    await runCli(['signal', run, 'end']);
    await probe.ended(run);
    const second = await connect(token);
    await second.hears(({ type }) => type === 'connection_ack');
    second.say({ type: 'start', id: 'op', payload: { subscribe: { run, after: reader.position } } });
    await second.hears(isEnd);
    const after = reader.position;
    const rest = second.frames.flatMap((frame) => reader.take(frame));
    expect(rest.map(({ seq }) => seq)).toEqual(rest.map((_, place) => after + 1 + place));
    expect(reader.ended).toBe(true);
  });

  test('closes who has no good token, and whose token is revoked', async () => {
    const forged = await connect('no.token.atall');
    expect(await forged.closes()).toBe(true);
    expect(forged.frames).toMatchObject([{ type: 'connection_closing', payload: { code: 4401 } }]);

    const { stdout } = await runCli(['token', '--role', 'viewer', '--as', 'bob', '--json']);
    const { token, id } = JSON.parse(stdout) as { token: string; id: string };
    const client = await connect(token);
    await client.hears(({ type }) => type === 'connection_ack');
    const revoked = await runCli(['token', 'revoke', '--id', id, '--reason', 'the test is over']);
    expect(revoked.code).toBe(0);
    // The minute's schedule, if nothing is said meanwhile.
    expect(await client.closes(100_000)).toBe(true);
    expect(client.frames.at(-1)).toMatchObject({ type: 'connection_closing', payload: { code: 4403 } });
  });

  test('shows nobody the runs of another tenant', async () => {
    const run = await probe.start([{ id: 'wait', waitFor: { event: 'never' } }]);
    const stranger = await connect(await tokenFor('admin', '--tenant', 'globex'));
    await stranger.hears(({ type }) => type === 'connection_ack');
    stranger.say({ type: 'start', id: 'op', payload: { subscribe: { run, after: 0 } } });
    expect(await stranger.hears(({ type }) => type === 'error')).toMatchObject({
      id: 'op',
      payload: { code: 'not_found' },
    });
    await runCli(['cancel', run]);
  });
});
