import { POOLS } from '../../../runtime/pools/defaults.ts';
import { createPooledFetch } from '../../pooled-fetch.ts';
import { type AddressPolicy, addressIn, isAllowedAddress } from '../address-policy.ts';
import { answerRefused, urlNotAllowed } from '../http-errors.ts';
import { pinnedLookup } from '../pinned-lookup.ts';

/** How the body of an answer ended. */
export interface BodyEnd {
  /** Undefined: the server has ended it. */
  readonly error: unknown;
  /** It had numbers, so that what is missing may be asked for. */
  readonly canResume: boolean;
}

export interface McpFetchOptions extends AddressPolicy {
  readonly url: string;
  readonly longestAnswer: number;
}

/**
 * The way to one MCP server: to its origin alone, over connections of a pool, with answers that are counted as they come.
 * @returns `fetch` for a connection, which is told how bodies end
 */
export function createMcpFetch({ url, longestAnswer, ...policy }: McpFetchOptions) {
  const pooled = createPooledFetch({
    lookup: pinnedLookup(policy),
    longestAnswer: Number.POSITIVE_INFINITY,
    timeoutMs: SILENCE_MS,
  });
  const { origin, hostname } = new URL(url);
  const address = addressIn(hostname);
  if (address !== undefined && !isAllowedAddress(address, policy))
    throw urlNotAllowed(`${hostname} is not of the public internet, and the configuration does not call it private`);

  return (onBodyEnd: (end: BodyEnd) => void): typeof fetch =>
    async (target, init) => {
      const asked = new URL(target instanceof Request ? target.url : target);
      if (asked.origin !== origin) throw urlNotAllowed(`${asked.origin} is not the MCP server's`);
      // A stream for what the server might say between calls would break whenever Lambda freezes the container.
      const isGet = init?.method === 'GET';
      if (isGet && !new Headers(init.headers).has('last-event-id')) return new Response(null, { status: 405 });
      const response = await pooled(target, init);
      if (!response.body) return response;
      const body = counted(response.body, longestAnswer, onBodyEnd);
      const { status, headers } = response;
      return new Response(ReadableStream.from(body) as ReadableStream<Uint8Array>, { status, headers });
    };
}

/** Nothing is heard for so long while a tool works; each call has its own limit beside. */
const SILENCE_MS = Math.max(840_000, POOLS.http.timeoutMs);

async function* counted(
  body: ReadableStream<Uint8Array>,
  longest: number,
  onEnd: (end: BodyEnd) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let canResume = false;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > longest) throw answerRefused(`the answer of the MCP server is longer than ${longest} bytes`);
      canResume ||= /^id:/m.test(Buffer.from(chunk).toString('latin1'));
      yield chunk;
    }
    onEnd({ error: undefined, canResume });
  } catch (error) {
    onEnd({ error, canResume });
    throw error;
  }
}
