import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signedEventBridgeBus } from '../../../lambdas/adapters/aws/signed-event-bridge-bus.ts';
import type { Bus } from '../../../lambdas/runtime/ports.ts';

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly entries: ReadonlyArray<Readonly<Record<string, string>>>;
}

let server: Server;
let asked: Asked[];
let answers: Array<{ readonly status?: number; readonly body: object }>;
let bus: Bus;

beforeEach(async () => {
  asked = [];
  answers = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (data) => (text += data));
    request.on('end', () => {
      asked.push({ headers: request.headers, entries: JSON.parse(text).Entries });
      const { status = 200, body } = answers.shift() ?? { body: { FailedEntryCount: 0, Entries: [{ EventId: 'x' }] } };
      response.writeHead(status).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = { region: 'eu-central-1', endpoint: `http://127.0.0.1:${port}` };
  const credentials = () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'session' });
  bus = signedEventBridgeBus(settings, 'muster', credentials, { sleep: async () => {}, random: () => 0 });
});
afterEach(() => {
  delete process.env._X_AMZN_TRACE_ID;
  server.closeAllConnections();
  server.close();
});

const say = () => bus.publishToChannel('muster.agent.worker', 'channel.news', { text: '☂' }, 0);

describe('publishing on EventBridge without its client', () => {
  test('asks in the protocol of EventBridge, signed for it', async () => {
    await say();
    expect(asked).toMatchObject([
      {
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AWSEvents.PutEvents',
          'x-amz-security-token': 'session',
          authorization: expect.stringMatching(/Credential=AKIA\/\d{8}\/eu-central-1\/events\/aws4_request/),
        },
        entries: [
          {
            ...{ EventBusName: 'muster', Source: 'muster.agent.worker', DetailType: 'channel.news' },
            Detail: expect.stringContaining('"text":"☂"'),
          },
        ],
      },
    ]);
  });

  test('stays in the trace that Lambda is in, which is not signed', async () => {
    await say();
    expect(asked[0]?.headers['x-amzn-trace-id']).toBeUndefined();
    process.env._X_AMZN_TRACE_ID = 'Root=1-5e1b4151-5ac6c58f0b4a4c3d2a1b0c9d;Sampled=1';
    await say();
    expect(asked[1]?.headers['x-amzn-trace-id']).toBe(process.env._X_AMZN_TRACE_ID);
    expect(asked[1]?.headers.authorization).not.toContain('trace');
  });

  test('tries again what is busy as a whole, and of what is taken in parts only the rest', async () => {
    answers = [
      { status: 400, body: { __type: 'ThrottlingException', message: 'later' } },
      { status: 500, body: { __type: 'InternalException' } },
      { body: { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] } },
    ];
    await say();
    expect(asked.map(({ entries }) => entries.length)).toEqual([1, 1, 1, 1]);
  });

  test('says what the bus does not take, and does not try that again', async () => {
    answers = [{ body: { FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] } }];
    await expect(say()).rejects.toMatchObject({ code: 'event_refused', class: 'data' });
    answers = [{ status: 400, body: { __type: 'AccessDeniedException', message: 'not as this source' } }];
    await expect(say()).rejects.toMatchObject({
      ...{ code: 'bus_unavailable', class: 'system' },
      message: expect.stringContaining('AccessDeniedException: not as this source'),
    });
    expect(asked).toHaveLength(2);
  });
});
