import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { POOLS } from '../runtime/pools/defaults.ts';

export interface PooledFetchOptions {
  /** Connections to one host at once. */
  readonly connections?: number;
  /** Of those, kept open for the next call. */
  readonly keptAlive?: number;
  /** Silence on a connection that ends the call, ms. */
  readonly timeoutMs?: number;
  /** An answer that is longer breaks off. */
  readonly longestAnswer?: number;
  /** Finds the address that a new connection goes to. Default: Node's. */
  readonly lookup?: LookupFunction;
}

const LONGEST_ANSWER = 32 * 1024 * 1024;

/**
 * What `fetch` does for a call with a text body, over connections of a pool of its own that is bounded and outlives an
 * invocation. Redirects are answers, not followed: a key never goes to another host than the one it was meant for.
 */
export function createPooledFetch(options: PooledFetchOptions = {}): typeof fetch {
  const { connections, keptAlive, timeoutMs } = { ...POOLS.http, ...options };
  const { longestAnswer = LONGEST_ANSWER, lookup } = options;
  const pool = {
    ...{ keepAlive: true, maxSockets: connections, maxFreeSockets: keptAlive, timeout: timeoutMs },
    ...(lookup && { lookup }),
  };
  const agents = { 'http:': new HttpAgent(pool), 'https:': new HttpsAgent(pool) };

  return (target, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const url = new URL(target instanceof Request ? target.url : target);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(`${url.protocol} is not http(s)`);
      if (body !== undefined && body !== null && typeof body !== 'string') throw new TypeError('the body must be text');
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const sent = send(
        url,
        {
          method,
          headers: Object.fromEntries(new Headers(headers)),
          agent: agents[url.protocol],
          timeout: timeoutMs,
          ...(signal && { signal }),
        },
        (answer) => {
          try {
            resolve(responseOf(answer, longestAnswer));
          } catch (error) {
            answer.destroy();
            reject(error);
          }
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`nothing heard for ${timeoutMs / 1_000} s`)));
      // The reason for which it was aborted says more than that it was.
      sent.on('error', (error) => reject(signal?.aborted ? signal.reason : error));
      sent.end(body ?? undefined);
    });
}

function responseOf(answer: IncomingMessage, longest: number): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one);
  const status = answer.statusCode ?? 0;
  const init = { status, statusText: answer.statusMessage ?? '', headers };
  if (status === 204 || status === 304) {
    answer.resume();
    return new Response(null, init);
  }
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > longest) answer.destroy(new Error(`the answer is longer than ${longest} bytes`));
  });
  answer.pause();
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, init);
}
