import { setTimeout as sleep } from 'node:timers/promises';
import { DataError, MusterError, NonRecoverableError, SystemError } from '../../../contracts/errors.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_BACKOFF_MS = 8_000;

export interface PageRequest {
  readonly source: string;
  readonly url: URL;
  /** Rows read so far, for the error's details. */
  readonly row: number;
  readonly signal: AbortSignal;
  /** When the attempt is over, ms. */
  readonly deadline: number;
  readonly now: () => number;
  readonly patience: Patience;
  /** Goes only where a stranger's URL may lead. */
  readonly fetch: typeof fetch;
}

/** How much a server is given before it counts as unreachable. */
export interface Patience {
  readonly tries: number;
  /** For each of them. */
  readonly timeoutSeconds: number;
}

/**
 * Fetches one JSON page. 429, 5xx and broken connections are tried again, after what Retry-After says or an
 * exponential delay, as long as the attempt has time.
 * @throws SystemError `source_unreachable`, NonRecoverableError `source_denied` | `address_forbidden`, DataError `source_refused` | `source_malformed`
 */
export async function fetchPage(request: PageRequest): Promise<unknown> {
  const { source, url, row, signal } = request;
  const { tries } = request.patience;
  const details = { source, row, url: url.origin + url.pathname };
  let last = '';
  for (let attempt = 1; attempt <= tries; attempt++) {
    const answer = await tryOnce(request);
    if ('body' in answer) return parseJson(answer.body, request);
    signal.throwIfAborted();
    const { status } = answer;
    last = answer.reason;
    if (status === 401 || status === 403)
      throw new NonRecoverableError(
        'source_denied',
        `source "${source}" answers ${status} at row ${row}: it wants credentials`,
        details,
      );
    if (status !== undefined && status < 500 && status !== 429 && status !== 408)
      throw new DataError(
        'source_refused',
        `source "${source}" answers ${status} at row ${row}; check its URL`,
        details,
      );
    const wait = answer.retryAfterMs ?? Math.min(MAX_BACKOFF_MS, 100 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
    if (attempt === tries || request.now() + wait >= request.deadline) break;
    await sleep(wait, undefined, { signal });
  }
  throw new SystemError(
    'source_unreachable',
    `source "${source}" does not answer at row ${row} (${last}); it is tried again later`,
    details,
  );
}

type Answer = { body: string } | { reason: string; status?: number; retryAfterMs?: number };

async function tryOnce({ url, signal, now, source, row, patience, ...reach }: PageRequest): Promise<Answer> {
  try {
    const response = await reach.fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience.timeoutSeconds * 1_000)]),
    });
    if (response.ok) return { body: await boundedText(response, source, row) };
    await response.body?.cancel();
    const retryAfterMs = retryAfter(response.headers.get('retry-after'), now());
    return {
      status: response.status,
      reason: `status ${response.status}`,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  } catch (thrown) {
    if (thrown instanceof MusterError) throw thrown;
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    return { reason: cause instanceof Error ? cause.message.slice(0, 200) || cause.name : 'unknown' };
  }
}

/** Milliseconds that a Retry-After header asks for: seconds or an HTTP date. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

async function boundedText(response: Response, source: string, row: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MAX_BYTES)
      throw new DataError(
        'source_malformed',
        `source "${source}": the page at row ${row} is larger than 16 MiB; ask for smaller pages`,
        { source, row },
      );
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseJson(body: string, { source, row }: PageRequest): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new DataError('source_malformed', `source "${source}": the page at row ${row} is not JSON`, { source, row });
  }
}
