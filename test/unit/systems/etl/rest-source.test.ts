import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createPublicFetch } from '../../../../lambdas/adapters/tools/public-fetch.ts';
import { retryAfter } from '../../../../lambdas/systems/etl/extract/rest-page.ts';
import { restBatches } from '../../../../lambdas/systems/etl/extract/rest-source.ts';

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, hit: number) => void,
): Promise<string> {
  let hits = 0;
  const started = createServer((request, response) => answer(request, response, ++hits));
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/items`;
}
const here = createPublicFetch({ loopback: true });
const json = (response: ServerResponse, body: unknown) => response.end(JSON.stringify(body));
const pageOf = (request: IncomingMessage) => Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));

async function read(url: string, patienceMs = 5_000, patience = { tries: 6, timeoutSeconds: 10 }, fetchTo = here) {
  const signal = new AbortController().signal;
  const deadline = Date.now() + patienceMs;
  const context = { name: 'weather', signal, deadline, now: Date.now, patience, fetch: fetchTo };
  const batches = restBatches({ kind: 'rest', url, pageSize: 2 }, context);
  const rows: unknown[] = [];
  const rejects: unknown[] = [];
  for await (const batch of batches) {
    rows.push(...batch.rows);
    rejects.push(...batch.rejects);
  }
  return { rows, rejects };
}

describe('reading a paginated API', () => {
  test('pages are followed to the end, and values become text', async () => {
    const url = await serve((request, response) =>
      pageOf(request) === 1
        ? json(response, {
            items: [
              { a: 1, b: 'x' },
              { a: 2.5, b: null },
            ],
            next: '?page=2&size=2',
            total: 3,
          })
        : json(response, { items: [{ a: true, b: { deep: 1 } }], next: null, total: 3 }),
    );
    expect((await read(url)).rows).toEqual([
      [1, '1', 'x'],
      [2, '2.5', null],
      [3, 'true', '{"deep":1}'],
    ]);
  });

  test('a server is given as many tries as the parameters say, each as long', async () => {
    let hits = 0;
    const url = await serve((_, response, hit) => {
      hits = hit;
      response.statusCode = 503;
      response.setHeader('retry-after', '0');
      response.end();
    });
    await expect(read(url, 5_000, { tries: 2, timeoutSeconds: 10 })).rejects.toMatchObject({
      code: 'source_unreachable',
    });
    expect(hits).toBe(2);
  });

  test('a server that keeps silent is waited for as long as the parameters say', async () => {
    const url = await serve(() => {});
    const slow = read(url, 5_000, { tries: 1, timeoutSeconds: 0.1 });
    await expect(slow).rejects.toMatchObject({ code: 'source_unreachable' });
    server?.closeAllConnections();
  });

  test('an item that is no object or has other columns is set aside with its number', async () => {
    const url = await serve((request, response) =>
      pageOf(request) === 1
        ? json(response, { items: [{ a: 1 }, 7], next: '?page=2', total: 3 })
        : json(response, { items: [{ a: 1, z: 2 }], next: null, total: 3 }),
    );
    expect((await read(url)).rejects).toEqual([
      { row: 2, reason: 'not an object', raw: '7' },
      { row: 3, reason: 'unknown column "z"', raw: '{"a":1,"z":2}' },
    ]);
  });

  test('429 and 503 are tried again after what Retry-After says', async () => {
    let hits = 0;
    const url = await serve((_, response, hit) => {
      hits = hit;
      if (hit <= 2) {
        response.writeHead(hit === 1 ? 429 : 503, { 'retry-after': '0' }).end();
        return;
      }
      json(response, { items: [{ a: 1 }], next: null });
    });
    expect((await read(url)).rows).toEqual([[1, '1']]);
    expect(hits).toBe(3);
  });

  test('a Retry-After that is longer than the attempt gives up at once, for a later attempt', async () => {
    let hits = 0;
    const url = await serve((_, response, hit) => {
      hits = hit;
      response.writeHead(429, { 'retry-after': '3600' }).end();
    });
    await expect(read(url)).rejects.toMatchObject({ code: 'source_unreachable', class: 'system' });
    expect(hits).toBe(1);
  });

  test('a server that dies in the middle is a system error that names source and row', async () => {
    const url = await serve((request, response) => {
      if (pageOf(request) === 1) json(response, { items: [{ a: 1 }, { a: 2 }], next: '?page=2' });
      else request.socket.destroy();
    });
    await expect(read(url, 500)).rejects.toMatchObject({
      code: 'source_unreachable',
      class: 'system',
      details: { source: 'weather', row: 2 },
    });
  });

  test.each([
    [401, 'source_denied', 'non_recoverable'],
    [404, 'source_refused', 'data'],
    [302, 'source_refused', 'data'],
  ])('status %s is %s and not tried again', async (status, code, errorClass) => {
    let hits = 0;
    const url = await serve((_, response, hit) => {
      hits = hit;
      response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end();
    });
    await expect(read(url)).rejects.toMatchObject({ code, class: errorClass });
    expect(hits).toBe(1);
  });

  test.each([
    ['is not JSON', '<html>'],
    ['a page is { items', '{"rows":[]}'],
    ['leads to another server', '{"items":[{"a":1}],"next":"http://127.0.0.1:9/steal"}'],
    ['leads in a circle', '{"items":[{"a":1}],"next":"?page=1&size=2"}'],
  ])('a page that %s is refused as malformed', async (reason, body) => {
    const url = await serve((_, response) => void response.end(body));
    await expect(read(url)).rejects.toMatchObject({
      code: 'source_malformed',
      message: expect.stringContaining(reason),
    });
  });

  test('a page without an end is cut off', async () => {
    const url = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(1024 * 1024)));
      };
      response.on('drain', more);
      more();
    });
    await expect(read(url)).rejects.toMatchObject({
      code: 'source_malformed',
      message: expect.stringContaining('larger than 16 MiB'),
    });
  });

  test('fewer rows than announced are not taken for all of them', async () => {
    const url = await serve((_, response) => json(response, { items: [{ a: 1 }], next: null, total: 5 }));
    await expect(read(url)).rejects.toMatchObject({ code: 'source_incomplete', class: 'recoverable' });
  });

  test('Retry-After is read as seconds or as a date', () => {
    expect(retryAfter('3', 0)).toBe(3_000);
    expect(retryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 4_000)).toBe(6_000);
    expect(retryAfter('soon', 0)).toBeUndefined();
    expect(retryAfter(null, 0)).toBeUndefined();
  });
});

describe('a URL that leads inside', () => {
  const inCloud = createPublicFetch({ loopback: false }, (_, __, answer) =>
    answer(null, [{ address: '169.254.169.254', family: 4 }]),
  );
  const privately = createPublicFetch({ loopback: false, private: true });
  const once = { tries: 3, timeoutSeconds: 1 };

  test.each([
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next',
    'http://[::1]/',
    'http://2130706433/',
    'http://10.0.0.7/',
    'http://innocent.example/',
  ])('%s is refused at once, for good', async (url) => {
    await expect(read(url, 5_000, once, inCloud)).rejects.toMatchObject({
      code: 'address_forbidden',
      class: 'non_recoverable',
    });
  });

  test.each(['http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://127.0.0.1:9001/'])(
    '%s is refused where private networks may be reached, too',
    async (url) => {
      await expect(read(url, 5_000, once, privately)).rejects.toMatchObject({ code: 'address_forbidden' });
    },
  );

  test('to this machine is refused though a server answers there', async () => {
    const url = await serve((_, response) => json(response, { items: [{ a: 1 }], next: null }));
    await expect(read(url, 5_000, once, inCloud)).rejects.toMatchObject({ code: 'address_forbidden' });
    expect((await read(url, 5_000, once)).rows).toEqual([[1, '1']]);
  });
});
