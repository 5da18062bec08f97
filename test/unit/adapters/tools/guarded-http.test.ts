import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../lambdas/adapters/system.ts';
import { createGuardedHttp } from '../../../../lambdas/adapters/tools/guarded-http.ts';
import { isNamedHost } from '../../../../lambdas/adapters/tools/host-rules.ts';
import type { Resolve } from '../../../../lambdas/adapters/tools/pinned-lookup.ts';
import { POOLS } from '../../../../lambdas/runtime/pools/defaults.ts';
import type { HttpRequest } from '../../../../lambdas/runtime/tool.ts';
import { NotDone } from '../../../../lambdas/runtime/tools/errors.ts';

const never = new AbortController().signal;
/** A name server that says what a test tells it to, one answer after the other. */
function nameServer(...answers: string[][]): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    resolve(hostname, _, callback) {
      asked.push(hostname);
      const addresses = answers[Math.min(asked.length, answers.length) - 1] ?? [];
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
  };
}

const open: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** One request of a tool in AWS. */
function inCloud(url: string, hosts: string[], resolve: Resolve = nameServer(['93.184.215.14']).resolve) {
  return createGuardedHttp({ clock: systemClock, loopback: false, resolve })([hosts], never)(url, { timeoutMs: 2_000 });
}
/** One request of a tool in a test, where this machine may be reached. */
function here(url: string, request: HttpRequest = {}, hosts = [new URL(url).host], resolve?: Resolve) {
  return createGuardedHttp({ clock: systemClock, loopback: true, ...(resolve && { resolve }) })([hosts], never)(
    url,
    request,
  );
}

const refused = { code: 'url_not_allowed', class: 'non_recoverable' };

describe('an attack by URL', () => {
  test.each([
    'https://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'https://[fd00:ec2::254]/latest/meta-data/',
    'https://169.254.170.2/v2/credentials',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:169.254.169.254]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[::ffff:0:a9fe:a9fe]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[64:ff9b:1::a9fe:a9fe]/',
    'https://[2002:a9fe:a9fe::]/',
    'https://[2001:0:a9fe:a9fe::]/',
    'https://[fe80::1]/',
    'https://[fec0::1]/',
    'https://[fc00::1]/',
    'https://[ff02::1]/',
    'https://[4000::1]/',
    'https://[2001:db8::1]/',
    'https://[3fff::1]/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://100.100.100.200/latest/meta-data/',
    'https://192.0.0.192/opc/v1/instance/',
    'https://198.18.0.1/',
    'https://192.0.2.1/',
    'https://224.0.0.1/',
    'https://240.0.0.1/',
    'https://255.255.255.255/',
    'https://①②⑦.⓪.⓪.①/',
    'http://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'data:text/plain,x',
    'https://user:password@example.com/',
    'not a url',
  ])('%s is refused, though every host may be reached', async (url) => {
    await expect(inCloud(url, ['*'])).rejects.toMatchObject(refused);
  });

  test.each([
    ['169.254.169.254'],
    ['10.1.2.3'],
    ['127.0.0.1'],
    ['::ffff:169.254.169.254'],
    ['fe80::1'],
    ['0.0.0.0'],
    ['93.184.215.14', '10.0.0.1'],
    [],
  ])('by a name that leads to %s is refused', async (...addresses) => {
    const names = nameServer(addresses);
    await expect(inCloud('https://innocent.example/', ['innocent.example'], names.resolve)).rejects.toMatchObject(
      refused,
    );
    expect(names.asked).toEqual(['innocent.example']);
  });

  test.each([
    ['https://evil.example/', ['example.com']],
    ['https://example.com.evil.example/', ['example.com']],
    ['https://example.com@evil.example/', ['example.com']],
    ['https://notexample.com/', ['*.example.com']],
    ['https://example.com/', ['*.example.com']],
    ['https://example.com:8443/', ['example.com']],
    ['https://example.com/', []],
    ['https://example.com\\@evil.example/', ['evil.example']],
  ])('%s is refused where %j may be reached', async (url, hosts) => {
    await expect(inCloud(url, hosts)).rejects.toMatchObject(refused);
  });

  test('goes only to hosts that both the agent and its tool name', async () => {
    const at = await serve((_, response) => void response.end('here'));
    const http = createGuardedHttp({ clock: systemClock, loopback: true });
    expect(await http([[at, 'example.com'], [at]], never)(`http://${at}/`)).toMatchObject({ body: 'here' });
    await expect(http([[at], ['example.com']], never)(`http://${at}/`)).rejects.toMatchObject(refused);
  });

  test('by a name server that changes its mind finds the address that was looked at', async () => {
    const at = await serve((_, response) => void response.end('here'));
    const names = nameServer(['127.0.0.1'], ['169.254.169.254']);
    const url = `http://localhost:${at.split(':')[1]}/`;
    expect(await here(url, {}, [`*:${at.split(':')[1]}`], names.resolve)).toMatchObject({ status: 200, body: 'here' });
    expect(names.asked).toEqual(['localhost']);
  });

  test.each([
    ['a metadata service', 'http://169.254.169.254/latest/meta-data/', /not one of the hosts/],
    ['another host', 'https://evil.example/', /not one of the hosts/],
    ['another kind of URL', 'file:///etc/passwd', /not one of the hosts/],
  ])('by a redirect to %s is refused', async (_, location, why) => {
    const at = await serve((__, response) => void response.writeHead(302, { location }).end());
    await expect(here(`http://${at}/`)).rejects.toMatchObject({ ...refused, message: expect.stringMatching(why) });
  });

  test('by a redirect is refused for its address even where every host may be reached', async () => {
    const at = await serve(
      (_, response) => void response.writeHead(302, { location: 'https://169.254.169.254/' }).end(),
    );
    await expect(here(`http://${at}/`, {}, ['*', at])).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('public internet'),
    });
  });

  test('by headers that belong to the connection is refused', async () => {
    for (const name of ['Host', 'content-length', 'Transfer-Encoding', 'proxy-authorization'])
      await expect(here('http://127.0.0.1:9/', { headers: { [name]: 'x' } })).rejects.toMatchObject({
        code: 'http_request_refused',
      });
    await expect(here('http://127.0.0.1:9/', { headers: { a: 'x\r\nhost: y' } })).rejects.toMatchObject({
      code: 'http_request_refused',
    });
  });
});

describe('a redirect', () => {
  test('is followed within what may be reached; what was for one host only stays there', async () => {
    const seen: Array<{ method: string; keys: unknown[]; other: unknown; body: string }> = [];
    const note: RequestListener = (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const { authorization, 'private-token': own, accept: other } = request.headers;
        const keys = [authorization, own].filter((key) => key !== undefined);
        seen.push({ method: request.method ?? '', keys, other, body });
        response.end('there');
      });
    };
    const there = await serve(note);
    const at = await serve((request, response) => {
      const status = Number(request.url?.slice(1));
      response.writeHead(status, { location: `http://${there}/x` }).end();
    });
    const headers = { authorization: 'secret', 'private-token': 'secret', accept: 'text/plain' };
    for (const status of [302, 307]) {
      const answer = await here(`http://${at}/${status}`, { method: 'POST', body: 'b', headers }, [at, there]);
      expect(answer).toMatchObject({ status: 200, url: `http://${there}/x`, body: 'there' });
    }
    expect(seen).toEqual([
      { method: 'GET', keys: [], other: 'text/plain', body: '' },
      { method: 'POST', keys: [], other: 'text/plain', body: 'b' },
    ]);
  });

  test('to where nobody may go does not hide that something was sent', async () => {
    const location = 'https://elsewhere.example/thanks';
    const at = await serve((_, response) => void response.writeHead(303, { location }).end());
    await expect(here(`http://${at}/`, { method: 'POST' })).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/^the POST was sent, .* elsewhere.example is not one of the hosts/),
    });
  });

  test('to a host that is down does not mean that nothing has happened', async () => {
    const at = await serve((_, response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end());
    const lost = await here(`http://${at}/`, { method: 'POST' }, [at, '127.0.0.1:1']).catch((error: unknown) => error);
    expect(lost).not.toBeInstanceOf(NotDone);
    expect(lost).toMatchObject({ code: 'http_unavailable', class: 'system' });
  });

  test('that leads in a circle ends', async () => {
    let count = 0;
    const at = await serve((_, response) => {
      count += 1;
      response.writeHead(302, { location: '/again' }).end();
    });
    await expect(here(`http://${at}/`)).rejects.toMatchObject({
      code: 'http_answer_refused',
      message: expect.stringMatching(/redirects more/),
    });
    expect(count).toBe(4);
  });
});

describe('an answer', () => {
  test('that is too long is cut off while it comes', async () => {
    let sent = 0;
    const at = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && sent < 200_000_000) {
          sent += 65_536;
          if (!response.write('x'.repeat(65_536))) return void response.once('drain', more);
        }
      };
      more();
    });
    await expect(here(`http://${at}/`, { maxBytes: 100_000 })).rejects.toMatchObject({
      code: 'http_answer_refused',
      message: expect.stringContaining('100000 bytes'),
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  test('that says beforehand that it is too long is not read', async () => {
    const at = await serve(
      (_, response) => void response.writeHead(200, { 'content-length': 9_999_999 }).flushHeaders(),
    );
    await expect(here(`http://${at}/`, { maxBytes: 1_000 })).rejects.toMatchObject({ code: 'http_answer_refused' });
  });

  test('whose headers do not end is cut off', async () => {
    const at = await serve((_, response) => void response.writeHead(200, { a: 'x'.repeat(20_000) }).end());
    await expect(here(`http://${at}/`)).rejects.toMatchObject({
      code: 'http_unavailable',
      message: expect.stringMatching(/Header overflow/),
    });
  });

  test('that is packed is refused: a few bytes may become any number', async () => {
    const bomb = gzipSync('0'.repeat(10_000_000));
    const at = await serve((_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    await expect(here(`http://${at}/`)).rejects.toMatchObject({
      code: 'http_answer_refused',
      message: expect.stringMatching(/packed \(gzip\)/),
    });
  });

  test('that trickles in has no more time than others', async () => {
    const at = await serve((_, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    await expect(here(`http://${at}/`, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'http_timeout' });
  });

  test('with bytes is told as base64 where that is asked for', async () => {
    const at = await serve((_, response) => void response.end(Buffer.from([0, 255, 1])));
    expect((await here(`http://${at}/`, { as: 'base64' })).body).toBe('AP8B');
  });
});

describe('a host that fails', () => {
  let status = 500;
  let asked = 0;
  let at = '';
  beforeEach(async () => {
    asked = 0;
    at = await serve((_, response) => {
      asked += 1;
      response.writeHead(status).end();
    });
  });

  test('is left alone after five failures, and asked once more after a minute', async () => {
    let now = 1_000_000;
    const clock = { ...systemClock, now: () => now };
    const http = createGuardedHttp({ clock, loopback: true })([['*', at]], never);
    for (let time = 0; time < 5; time += 1) expect(await http(`http://${at}/`)).toMatchObject({ status: 500 });
    const left = await http(`http://${at}/`).catch((error: unknown) => error);
    expect(left).toBeInstanceOf(NotDone);
    expect(left).toMatchObject({ code: 'http_unavailable', class: 'system' });
    expect(asked).toBe(5);
    now += 60_001;
    status = 200;
    expect(await http(`http://${at}/`)).toMatchObject({ status: 200 });
    expect(await http(`http://${at}/`)).toMatchObject({ status: 200 });
    expect(asked).toBe(7);
  });

  test('before anything is sent says that nothing has happened; after that nobody knows', async () => {
    const gone = await here('http://127.0.0.1:1/', { method: 'POST' }).catch((error: unknown) => error);
    expect(gone).toBeInstanceOf(NotDone);
    const unknown: Resolve = (hostname, _, callback) =>
      callback(
        Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
        [],
      );
    const nowhere = await inCloud('https://nowhere.example/', ['*'], unknown).catch((error: unknown) => error);
    expect(nowhere).toBeInstanceOf(NotDone);
    const dies = await serve((request) => void request.socket.destroy());
    const lost = await here(`http://${dies}/`, { method: 'POST' }).catch((error: unknown) => error);
    expect(lost).not.toBeInstanceOf(NotDone);
    expect(lost).toMatchObject({ code: 'http_unavailable', class: 'system' });
  });
});

describe('the pool', () => {
  test('has five clients, who wait for each other', async () => {
    let now = 0;
    let most = 0;
    const waiting: Array<() => void> = [];
    const at = await serve((_, response) => {
      now += 1;
      most = Math.max(most, now);
      waiting.push(() => {
        now -= 1;
        response.end('ok');
      });
    });
    const http = createGuardedHttp({ clock: systemClock, loopback: true })([[at]], never);
    const all = Promise.all(Array.from({ length: 12 }, () => http(`http://${at}/`)));
    const release = setInterval(() => {
      for (const end of waiting.splice(0)) end();
    }, 100);
    expect((await all).map(({ body }) => body)).toEqual(Array.from({ length: 12 }, () => 'ok'));
    clearInterval(release);
    expect(most).toBe(5);
  });

  test('says that nothing has happened when nobody gave a client back in time', async () => {
    const at = await serve(() => {});
    let fire: (() => void) | undefined;
    const clock = {
      ...systemClock,
      after: (ms: number, callback: () => void) => {
        // The one limit that is not the request's own: how long to wait for a client.
        if (ms !== POOLS.http.acquireMs) return systemClock.after(ms, callback);
        fire = callback;
        return () => {};
      },
    };
    const over = new AbortController();
    const http = createGuardedHttp({ clock, loopback: true })([[at]], over.signal);
    const busy = Array.from({ length: POOLS.http.clients }, () =>
      http(`http://${at}/`, { method: 'POST', timeoutMs: 20_000 }).catch((error: unknown) => error),
    );
    const late = http(`http://${at}/`, { method: 'POST', timeoutMs: 50 }).catch((error: unknown) => error);
    expect(await late).toBeInstanceOf(NotDone);
    expect(await late).toMatchObject({ code: 'http_timeout' });
    const turnedAway = http(`http://${at}/`, { method: 'POST', timeoutMs: 20_000 }).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    fire?.();
    expect(await turnedAway).toBeInstanceOf(NotDone);
    expect(await turnedAway).toMatchObject({ code: 'connection_pool_exhausted' });
    over.abort(new Error('the end of the test'));
    for (const one of busy) expect(await one).not.toBeInstanceOf(NotDone);
  });

  test('keeps connections for the next call', async () => {
    const sockets = new Set<unknown>();
    const at = await serve((request, response) => {
      sockets.add(request.socket);
      response.end();
    });
    const http = createGuardedHttp({ clock: systemClock, loopback: true })([[at]], never);
    for (let time = 0; time < 4; time += 1) await http(`http://${at}/`);
    expect(sockets.size).toBe(1);
  });
});

describe('host rules', () => {
  test.each<[string, string, boolean]>([
    ['example.com', 'https://EXAMPLE.com./x', true],
    ['*.example.com', 'https://a.b.example.com/', true],
    ['example.com:8443', 'https://example.com:8443/', true],
    ['example.com:443', 'https://example.com/', true],
    ['[::1]:8080', 'http://[::1]:8080/', true],
    ['*', 'https://anything.example/', true],
    ['*', 'https://anything.example:22/', false],
  ])('%s names %s: %s', (rule, url, is) => {
    expect(isNamedHost([rule], new URL(url))).toBe(is);
  });
});
