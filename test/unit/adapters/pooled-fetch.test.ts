import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createPooledFetch } from '../../../lambdas/adapters/pooled-fetch.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return `http://127.0.0.1:${address.port}/`;
}

describe('a pooled fetch', () => {
  test('sends a body and headers, and reads the answer', async () => {
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      response.writeHead(201, { 'x-method': String(request.method), 'x-key': String(request.headers['x-key']) });
      response.end(Buffer.concat(chunks).toString('utf8').toUpperCase());
    });
    const answer = await createPooledFetch()(url, { method: 'POST', headers: { 'x-key': 'k' }, body: 'hällo' });
    expect([answer.status, answer.headers.get('x-method'), answer.headers.get('x-key'), await answer.text()]).toEqual([
      201,
      'POST',
      'k',
      'HÄLLO',
    ]);
  });

  test('opens no more connections than it may, and uses them again', async () => {
    let open = 0;
    let most = 0;
    let made = 0;
    const url = await serve((_, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end('x');
      }, 5);
    });
    servers[0]?.on('connection', () => {
      made += 1;
    });
    const fetch = createPooledFetch({ connections: 3, keptAlive: 2 });
    await Promise.all(Array.from({ length: 12 }, async () => (await fetch(url)).text()));
    expect(most).toBe(3);
    expect(made).toBe(3);
    await (await fetch(url)).text();
    expect(made).toBe(3);
  });

  test('hands on a redirect instead of following it', async () => {
    let asked = 0;
    const elsewhere = await serve((_, response) => {
      asked += 1;
      response.end('secret');
    });
    const url = await serve((_, response) => response.writeHead(302, { location: elsewhere }).end());
    expect((await createPooledFetch()(url)).status).toBe(302);
    expect(asked).toBe(0);
  });

  test('breaks off an answer that is too long', async () => {
    const url = await serve((_, response) => {
      for (let chunk = 0; chunk < 50; chunk += 1) response.write('x'.repeat(1_000));
      response.end();
    });
    const answer = await createPooledFetch({ longestAnswer: 10_000 })(url);
    await expect(answer.text()).rejects.toThrow();
  });

  test('ends with the reason for which it was aborted, before and after the answer has begun', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/begins') response.write('x');
    });
    const abort = new AbortController();
    const silent = createPooledFetch()(url, { signal: abort.signal });
    const begun = await createPooledFetch()(`${url}begins`, { signal: abort.signal });
    abort.abort(new Error('too late'));
    await expect(silent).rejects.toThrow('too late');
    await expect(begun.text()).rejects.toThrow();
  });

  test('gives up on a connection on which nothing is heard', async () => {
    const url = await serve(() => {});
    await expect(createPooledFetch({ timeoutMs: 20 })(url)).rejects.toThrow(/nothing heard for 0.02 s/);
  });
});
