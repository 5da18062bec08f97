import { tenantOf } from '../../contracts/access.ts';
import { RequestId } from '../../contracts/api/common.ts';
import type { ApiRoute } from '../../contracts/api/route.ts';
import { type Operation, ROUTES } from '../../contracts/api/routes.ts';
import { ALL_TENANTS } from '../../contracts/control.ts';
import { TenantId } from '../../contracts/names.ts';
import type { Principal } from '../../contracts/principal.ts';
import { refusalOf } from '../../tenancy/standing.ts';
import { accessRecord } from './access-record.ts';
import { ApiError, asApiError, notFound, statusOf } from './api-error.ts';
import type { ApiPorts } from './api-ports.ts';
import { type Caller, demand } from './call.ts';
import { checkBounds, readRequest } from './edge/read-request.ts';
import { createHeaders } from './edge/response-headers.ts';
import { methodsOf, routeOf } from './edge/route-of.ts';
import { createSourceGuard } from './edge/source-guard.ts';
import { HANDLERS } from './handlers.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { problemAnswer } from './problem-answer.ts';

/** Requests that no honest client sends. */
const SUSPICIOUS = new Set(['malformed_request', 'too_large']);

type AnyHandler = (call: unknown, ports: ApiPorts) => Promise<AnyAnswer>;
interface AnyAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The API behind its HTTP shell: bounds, who asks, how often, what they may, what they say; only then is anything looked up.
 * Never throws: every request has its answer.
 */
export function createApi(ports: ApiPorts): (request: HttpRequest) => Promise<HttpResponse> {
  const { clock, ids, logger, auditLog } = ports;
  const guard = createSourceGuard();
  const headers = createHeaders(ports.corsOrigins);

  async function callerOf(route: ApiRoute, request: HttpRequest, requestId: string): Promise<Caller | undefined> {
    if (route.access === 'public') return undefined;
    const { authorization } = request.headers;
    const { source } = request;
    const wait = guard.wait(source, authorization, clock.now());
    if (wait > 0) throw tooMany(wait, 'too many requests from your address could not be let in');
    const admission = await ports.door.admit(authorization, { source, correlationId: requestId });
    if (!admission.ok) {
      guard.failed(source, clock.now());
      const challenge = { 'www-authenticate': admission.challenge };
      throw new ApiError('unauthenticated', admission.message, { headers: challenge });
    }
    if (authorization !== undefined) guard.succeeded(authorization, clock.now());
    const { principal } = admission;
    const tenant = tenantNamed(principal, request, route);
    const caller = { principal, tenant, requestId, source };
    await checkRate(caller);
    // What belongs to one run is decided again when that run is known; what all tenants share is decided here.
    demand(caller, route.access, ports, route.scope === 'platform' ? { tenant } : undefined);
    if (route.scope !== 'platform') await checkStanding(tenant, route);
    return caller;
  }

  function tenantNamed(principal: Principal, { headers: said }: HttpRequest, route: ApiRoute): string {
    const asked = said['x-tenant'];
    const named = tenantOf(principal, asked);
    if ('denied' in named) throw notFound('such tenant');
    if (route.scope === 'platform') return named.tenant;
    if (named.tenant === ALL_TENANTS || !TenantId.safeParse(named.tenant).success) {
      const reason = 'name the tenant that it is about: X-Tenant';
      throw new ApiError('invalid_request', reason, {
        extras: { errors: [{ field: 'headers.x-tenant', reason: 'a token of the platform names a tenant' }] },
      });
    }
    return named.tenant;
  }

  async function checkRate({ principal, requestId, source }: Caller): Promise<void> {
    const { sub, tenant } = principal;
    const { limits, status } = await ports.standing(tenant);
    // Of who was erased nothing is written any more; the request is refused as soon as its tenant is looked at.
    if (status === 'erasing' || status === 'erased') return;
    const admission = await ports.limits.admit({ tenant, sub, limits });
    if (admission.ok) return;
    const { reason, retryAfterSeconds } = admission;
    auditLog.note({ kind: 'rate_limited', at: clock.now(), reason, sub, tenant, source, correlation_id: requestId });
    throw tooMany(retryAfterSeconds * 1_000, reason);
  }

  /** A tenant that is suspended may look; of one that is erased nothing is told. */
  async function checkStanding(tenant: string, { method, access }: ApiRoute): Promise<void> {
    const begins = access !== 'public' && access.action === 'create';
    const refusal = refusalOf(await ports.standing(tenant), method === 'GET' ? 'read' : begins ? 'begin' : 'change');
    if (refusal) throw refusal;
  }

  async function answer(
    request: HttpRequest,
    operation: Operation,
    params: Readonly<Record<string, string>>,
    requestId: string,
  ): Promise<HttpResponse> {
    const route: ApiRoute = ROUTES[operation];
    const caller = await callerOf(route, request, requestId);
    const noted = (status: number, code?: string): void => {
      if (caller && request.method !== 'GET')
        auditLog.record(accessRecord(operation, caller, params, status, clock.now(), code));
    };
    try {
      const checked = readRequest(request, route, params);
      // Each handler fits its own route; which one that is, is known only now.
      const handler = HANDLERS[operation] as AnyHandler;
      const { status, body, headers: own = {} } = await handler({ ...checked, caller }, ports);
      noted(status);
      return { status, headers: { 'content-type': 'application/json', ...own }, body: answerText(body) };
    } catch (thrown) {
      const error = asApiError(thrown);
      noted(statusOf(error), error.code);
      throw thrown;
    }
  }

  async function handle(request: HttpRequest, requestId: string): Promise<HttpResponse> {
    let how: 'problem' | 'envelope' = 'problem';
    try {
      checkBounds(request);
      if (request.method === 'OPTIONS') {
        const methods = methodsOf(request.path);
        return { status: 204, headers: headers.preflight(request.headers.origin, methods), body: '' };
      }
      const { operation, params } = routeOf(request.method, request.path);
      const route: ApiRoute = ROUTES[operation];
      how = route.errors ?? 'problem';
      return await answer(request, operation, params, requestId);
    } catch (thrown) {
      const error = asApiError(thrown);
      const status = statusOf(error);
      if (SUSPICIOUS.has(error.problem)) noteRefused(request, error, requestId);
      if (status >= 500) logger.error('a request could not be answered', { request_id: requestId, error: thrown });
      return problemAnswer(error, requestId, how);
    }
  }

  function noteRefused({ source, path }: HttpRequest, error: ApiError, requestId: string): void {
    auditLog.note({
      ...{ kind: 'request_refused', at: clock.now(), reason: error.message.slice(0, 500), code: error.code, source },
      ...{ correlation_id: requestId, target: path.slice(0, 256) },
    });
  }

  return async (request) => {
    const said = RequestId.safeParse(request.headers['x-request-id'] ?? request.headers['idempotency-key']);
    const requestId = said.success ? said.data : ids.uuid();
    const response = await handle(request, requestId);
    await auditLog.flush();
    return {
      ...response,
      headers: { ...headers.of(request.headers.origin), 'x-request-id': requestId, ...response.headers },
    };
  };
}

function tooMany(waitMs: number, reason: string): ApiError {
  return new ApiError('rate_limited', reason, {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
  });
}

/** Lambda answers with 6 MB at most. */
const MOST_BYTES = 5_500_000;

/** @throws ApiError when it is more than can be answered at once */
function answerText(body: unknown): string {
  const text = JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_BYTES) return text;
  throw new ApiError('unprocessable', `the answer has ${bytes} bytes, at most ${MOST_BYTES} can be sent over HTTP`, {
    code: 'answer_too_large',
  });
}
