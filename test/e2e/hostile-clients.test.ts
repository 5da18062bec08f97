import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiUrlOf, streamUrlOf } from '../../bin/cloud/api-url.ts';
import { createClient } from '../../client/client.ts';
import { muster } from '../support/local-cloud/muster.ts';
import { ProbeRuns } from '../support/probe/probe-runs.ts';

/** Connections of each kind. */
const MANY = 12;
/** So long they stay: what another client asks meanwhile, one after the other. */
const READS = 40;

let probe: ProbeRuns;
let url: string;
let token: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('workflow_completed');
  url = apiUrlOf(probe.cloud.session.target) ?? '';
  token = (await muster('token', '--role', 'operator', '--as', 'ann')).trim();
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await probe?.close();
});

interface Kind {
  /** What each says first: PATH is where the API, or the stream, answers. */
  readonly first: string;
  /** And then, a little at a time. */
  readonly slowly?: string;
  /** It is gone at once. */
  readonly cut?: true;
  readonly at?: 'stream';
}

const KINDS: Readonly<Record<string, Kind>> = {
  'that send their headers byte by byte': {
    first: 'GET PATH/api/v1/workflows HTTP/1.1\r\nHost: x\r\nX-A: ',
    slowly: 'a',
  },
  'that promise a body and never send it': {
    first: 'POST PATH/api/v1/agents/execute HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{"task_type":"',
    slowly: ' ',
  },
  'that are cut in the middle of a body': {
    first: 'POST PATH/api/v1/agents/execute HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{"task_type":"',
    cut: true,
  },
  'that speak no HTTP': { first: '\u0000\u0001\u0002 SSH-2.0-x\r\n\r\n', slowly: '\u0000' },
  'that never finish to shake hands for a WebSocket': {
    first: 'GET PATH HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n',
    slowly: 'X: y\r\n',
    at: 'stream',
  },
};

test.each(Object.entries(KINDS))('clients %s change nothing for others', async (_what, { first, slowly, cut, at }) => {
  const { hostname, port, pathname } = new URL((at && streamUrlOf(probe.cloud.session.target)) ?? url);
  const said = first.replace('PATH', pathname);
  const mine = await Promise.all(Array.from({ length: MANY }, () => opened(hostname, Number(port), said)));
  if (cut) for (const socket of mine) socket.destroy();
  const client = createClient({ url, token, retries: 0 });
  const { body } = await client.executeTask({ body: { task_type: 'probe.noop', content: { n: 1 }, timeout: 20 } });
  expect(body.status).toBe(200);
  const statuses: number[] = [];
  for (let n = 0; n < READS; n += 1) {
    if (slowly !== undefined) for (const socket of mine) if (socket.writable) socket.write(slowly);
    const { status } = await client.getWorkflow({ params: { workflow_id: body.data?.task_id ?? '' } });
    statuses.push(status);
  }
  expect(statuses).toEqual(statuses.map(() => 200));
  for (const socket of mine) socket.destroy();
});

function opened(host: string, port: number, first: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port }, () => {
    socket.write(first);
    // That it is closed in the meantime is what a server should do.
    socket.off('error', reject).on('error', () => undefined);
    resolve(socket);
  });
  socket.once('error', reject);
  sockets.push(socket);
  return promise;
}
