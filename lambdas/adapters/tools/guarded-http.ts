import { MusterError, RecoverableError } from '../../contracts/errors.ts';
import { type Breaker, createBreaker } from '../../runtime/pools/breaker.ts';
import { POOLS } from '../../runtime/pools/defaults.ts';
import { createResourcePool } from '../../runtime/pools/resources.ts';
import type { Clock } from '../../runtime/ports.ts';
import type { HttpAnswer, HttpFetch, HttpRequest } from '../../runtime/tool.ts';
import { NotDone } from '../../runtime/tools/errors.ts';
import { createPooledFetch } from '../pooled-fetch.ts';
import { type AddressPolicy, addressIn, isAllowedAddress } from './address-policy.ts';
import { isNamedHost } from './host-rules.ts';
import {
  answerRefused,
  httpFailure,
  mayBeDone,
  notSent,
  requestRefused,
  unasked,
  urlNotAllowed,
} from './http-errors.ts';
import { pinnedLookup, type Resolve } from './pinned-lookup.ts';
import { readAnswer } from './read-answer.ts';
import { REDIRECTS, redirected } from './redirected.ts';

/** Lists of host rules, each of which must name the host. */
type Hosts = ReadonlyArray<readonly string[]>;

export interface GuardedHttpOptions extends AddressPolicy {
  readonly clock: Clock;
  /** Default: the system's. */
  readonly resolve?: Resolve;
}

const LATE = 'http_timeout';
const MOST_REDIRECTS = 3;
const MOST_HOSTS = 200;
/** What a caller may not set: it belongs to the connection, or says where the request goes. */
const RESERVED = /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|keep-alive|expect|proxy-.*)$/i;
const HARMLESS = ['GET', 'HEAD'];

/** HTTP for tools: see HttpFetch. Make it once per container, since it holds the pool. */
export function createGuardedHttp({ clock, resolve, ...policy }: GuardedHttpOptions) {
  const { clients: places, acquireMs } = POOLS.http;
  const lookup = pinnedLookup(policy, resolve);
  const clients = createResourcePool<typeof fetch>(
    {
      name: 'http',
      places,
      acquireMs,
      create: () => createPooledFetch({ lookup }),
      destroy: () => {},
      isUsable: () => true,
    },
    clock,
  );
  const breakers = new Map<string, Breaker>();

  function breakerOf(host: string): Breaker {
    const breaker = breakers.get(host) ?? createBreaker(clock);
    breakers.delete(host);
    breakers.set(host, breaker);
    for (const oldest of breakers.keys()) {
      if (breakers.size <= MOST_HOSTS) break;
      breakers.delete(oldest);
    }
    return breaker;
  }

  /** @throws NonRecoverableError `url_not_allowed` */
  function checked(target: string, base: URL | undefined, hosts: Hosts): URL {
    if (!URL.canParse(target, base?.href)) throw urlNotAllowed(`"${target.slice(0, 200)}" is no URL`);
    const url = new URL(target, base?.href);
    const { protocol, hostname, host } = url;
    const address = addressIn(hostname);
    if (url.username || url.password) throw urlNotAllowed(`the URL to ${host} holds credentials`);
    if (!hosts.every((rules) => isNamedHost(rules, url)))
      throw urlNotAllowed(
        `${host || protocol} is not one of the hosts that may be reached: ${hosts.map((rules) => rules.join(', ') || 'none').join('; and of those: ')}`,
      );
    if (address !== undefined && !isAllowedAddress(address, policy))
      throw urlNotAllowed(`${host} is not of the public internet`);
    const isHere = policy.loopback && protocol === 'http:' && (address !== undefined || hostname === 'localhost');
    if (protocol !== 'https:' && !isHere) throw urlNotAllowed(`${protocol}//${host} is not https`);
    return url;
  }

  /** @throws NonRecoverableError `url_not_allowed`, which says when something may have happened all the same */
  function redirectOf(location: string, from: URL, method: string, hosts: Hosts): URL {
    try {
      return checked(location, from, hosts);
    } catch (error) {
      if (HARMLESS.includes(method) || !(error instanceof MusterError)) throw error;
      throw urlNotAllowed(`the ${method} was sent, and ${from.host} redirects where nobody may go: ${error.message}`);
    }
  }

  async function exchange(url: URL, init: RequestInit, request: HttpRequest): Promise<HttpAnswer> {
    const entered = breakerOf(url.host).enter();
    if (!('ok' in entered))
      throw notSent(
        url.host,
        `it has failed too often; it is left alone for another ${Math.ceil(entered.retryAfterMs / 1_000)} s`,
      );
    let outcome: 'success' | 'failure' | 'neither' = 'neither';
    let hasClient = false;
    try {
      const answer = await clients.use(async (client) => {
        hasClient = true;
        return readAnswer(await client(url, init), url, request);
      }, init.signal ?? undefined);
      outcome = answer.status >= 500 ? 'failure' : 'success';
      return answer;
    } catch (error) {
      // The reason for which it was aborted says more than that it was.
      const reason = init.signal?.aborted ? init.signal.reason : error;
      if (!hasClient) throw unasked(url.host, reason);
      if (!(reason instanceof MusterError) || reason.code === LATE) outcome = 'failure';
      throw reason instanceof MusterError ? reason : httpFailure(url.host, reason);
    } finally {
      entered.end(outcome);
    }
  }

  /** Requests to these hosts, as long as the signal lets them. */
  return (hosts: Hosts, signal: AbortSignal): HttpFetch =>
    async (target, request = {}) => {
      const { method = 'GET', body, timeoutMs = POOLS.http.timeoutMs } = request;
      const late = new AbortController();
      const stop = clock.after(timeoutMs, () =>
        late.abort(new RecoverableError(LATE, `no answer within ${timeoutMs / 1_000} s`)),
      );
      try {
        let init: RequestInit & { method: string } = {
          method,
          headers: headersOf(request),
          signal: AbortSignal.any([signal, late.signal]),
          ...(body !== undefined && { body }),
        };
        let url = checked(target, undefined, hosts);
        for (let redirects = 0; ; redirects += 1) {
          const answer = await exchange(url, init, request).catch((error: unknown) => {
            // Whoever has redirected us may have done what it was asked.
            throw redirects > 0 && error instanceof NotDone ? mayBeDone(error) : error;
          });
          const { location } = answer.headers;
          if (!REDIRECTS.includes(answer.status) || location === undefined) return answer;
          if (redirects === MOST_REDIRECTS)
            throw answerRefused(`${url.host} redirects more than ${MOST_REDIRECTS} times`);
          const next = redirectOf(location, url, method, hosts);
          init = redirected(init, answer.status, next.origin === url.origin);
          url = next;
        }
      } finally {
        stop();
      }
    };
}

/** @throws NonRecoverableError `http_request_refused` */
function headersOf({ headers = {} }: HttpRequest): Headers {
  const all = new Headers({ 'accept-encoding': 'identity', 'user-agent': 'muster' });
  for (const [name, value] of Object.entries(headers)) {
    if (RESERVED.test(name)) throw requestRefused(`the header "${name}" is not for callers to set`);
    try {
      all.set(name, value);
    } catch {
      throw requestRefused(`"${name.slice(0, 100)}" is no header, or has a value that none can have`);
    }
  }
  return all;
}
