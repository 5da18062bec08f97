import type { ApiRoute } from '../../contracts/api/route.ts';
import { type Operation, ROUTES } from '../../contracts/api/routes.ts';
import type { AccessRecord } from '../../contracts/audit.ts';
import type { Caller } from './call.ts';

/** What somebody asked to be changed, and what they were told: for the audit. */
export function accessRecord(
  operation: Operation,
  { principal, tenant, requestId }: Caller,
  params: Readonly<Record<string, string>>,
  status: number,
  at: number,
  code?: string,
): AccessRecord {
  const { access }: ApiRoute = ROUTES[operation];
  const { resource, action } = access === 'public' ? { resource: 'public', action: 'read' } : access;
  const [target] = Object.values(params);
  return {
    ...{ kind: 'access', at, tenant, operation, resource, action, status },
    ...{ sub: principal.sub, principal: principal.kind, token_id: principal.tokenId, request_id: requestId },
    correlation_id: requestId,
    ...(target !== undefined && { target: target.slice(0, 256) }),
    outcome: status === 401 || status === 403 || status === 404 ? 'denied' : 'allowed',
    ...(code !== undefined && { code: code.slice(0, 128) }),
  };
}
