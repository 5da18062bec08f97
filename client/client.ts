import { Problem } from '../lambdas/contracts/api/problem.ts';
import type { ApiRoute, CallOf, ReplyOf } from '../lambdas/contracts/api/route.ts';
import { OPERATIONS, type Operation, ROUTES, type Routes } from '../lambdas/contracts/api/routes.ts';

export interface ClientOptions {
  /** Where the API is, such as the output `ApiUrl` of the platform stack. */
  readonly url: string;
  /** A token, or what gets one: it is asked before each request. */
  readonly token?: string | (() => string | Promise<string>);
  /** For a token of the platform: whose things it is about. */
  readonly tenant?: string;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Requests that were turned away for their number, or met a service that did not answer, are sent again so often. Default 2. */
  readonly retries?: number;
}

/** What the API says is wrong. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly problem: Problem;
  /** Seconds after which it is worth another try. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail);
    this.status = problem.status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** Parts of a request that nobody has to name. */
type IsEmpty<T> = Record<never, never> extends T ? true : false;
/** One method for each operation, typed by the same schemas that the server checks. @throws ApiProblem */
export type Client = {
  readonly [O in Operation]: IsEmpty<CallOf<Routes[O]>> extends true
    ? (call?: CallOf<Routes[O]>) => Promise<ReplyOf<Routes[O]>>
    : (call: CallOf<Routes[O]>) => Promise<ReplyOf<Routes[O]>>;
};

interface Parts {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** The API as a set of typed functions: `client.startWorkflow({ body: { workflow: 'etl.flight-mart' } })`. */
export function createClient(options: ClientOptions): Client {
  const calls = OPERATIONS.map((operation) => [
    operation,
    (parts: Parts = {}) => send(ROUTES[operation], parts, options),
  ]);
  // Each function fits its own route: that is what the type says, and the table is made from the same routes.
  return Object.fromEntries(calls) as unknown as Client;
}

async function send(route: ApiRoute, parts: Parts, options: ClientOptions) {
  const { retries = 2, fetch: fetched = fetch } = options;
  const url = `${options.url.replace(/\/$/, '')}${pathOf(route, parts)}`;
  // The same id for every try: however often it is sent, it counts once.
  const headers = {
    ...(await headersOf(options)),
    ...textsOf({ 'x-request-id': crypto.randomUUID(), ...parts.headers }),
  };
  const init = {
    method: route.method,
    headers: { ...headers, ...(parts.body !== undefined && { 'content-type': 'application/json' }) },
    ...(parts.body !== undefined && { body: JSON.stringify(parts.body) }),
  };
  for (let tries = 0; ; tries += 1) {
    const response = await fetched(url, init);
    const body: unknown = await response.json();
    const spec = route.answers[response.status];
    if (spec) {
      return { status: response.status, body: spec.body.parse(body), headers: Object.fromEntries(response.headers) };
    }
    const problem = problemOf(body, response.status, response.headers.get('retry-after'));
    if (tries >= retries || ![429, 503].includes(response.status)) throw problem;
    await new Promise((resolve) => setTimeout(resolve, 1_000 * (problem.retryAfter ?? 1)));
  }

  function problemOf(body: unknown, status: number, retryAfter: string | null): ApiProblem {
    const told = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
    const problem = Problem.safeParse(told).data ?? {
      ...{ type: 'about:blank', title: 'An answer that nobody expected', status, code: 'unexpected_answer' },
      ...{ detail: `${route.method} ${route.path} was answered with ${status}`, instance: '' },
    };
    return new ApiProblem(problem, retryAfter === null ? undefined : Number(retryAfter));
  }
}

async function headersOf({ token, tenant }: ClientOptions): Promise<Record<string, string>> {
  const shown = typeof token === 'function' ? await token() : token;
  return {
    ...(shown !== undefined && { authorization: `Bearer ${shown}` }),
    ...(tenant !== undefined && { 'x-tenant': tenant }),
  };
}

function pathOf({ path }: ApiRoute, { params = {}, query = {} }: Parts): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const said = new URLSearchParams(textsOf(query)).toString();
  return said === '' ? filled : `${filled}?${said}`;
}

const textsOf = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
