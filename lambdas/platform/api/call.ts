import type { Action, Resource, Target } from '../../contracts/access.ts';
import type { AnswerOf, ApiRoute, RequestOf } from '../../contracts/api/route.ts';
import type { Operation, Routes } from '../../contracts/api/routes.ts';
import type { Principal } from '../../contracts/principal.ts';
import { ApiError, notFound } from './api-error.ts';
import type { ApiPorts } from './api-ports.ts';

/** Who asks, for which tenant, and under which id. */
export interface Caller {
  readonly principal: Principal;
  /** Whose things it is about: the principal's own tenant, or the one that the platform's names. */
  readonly tenant: string;
  readonly requestId: string;
  readonly source: string;
}

/** A request as the handler of its route sees it. Nobody is known to those that everybody may ask. */
export type Call<R extends ApiRoute> = RequestOf<R> & {
  readonly caller: R['access'] extends 'public' ? undefined : Caller;
};

export type Handler<O extends Operation> = (call: Call<Routes[O]>, ports: ApiPorts) => Promise<AnswerOf<Routes[O]>>;
/** One for every operation: one that is missing does not compile. */
export type Handlers = { readonly [O in Operation]: Handler<O> };

/**
 * @param what the thing, as one who must not know of it is told of it
 * @throws ApiError: 404 when they may not even know of it, else 403
 */
export function demand(
  { principal, source, requestId }: Caller,
  { resource, action }: { readonly resource: Resource; readonly action: Action },
  { door }: Pick<ApiPorts, 'door'>,
  target?: Target,
  what = '',
): void {
  const about = { source, correlationId: requestId, ...(what !== '' && { target: what }) };
  const permission = door.permit(principal, resource, action, target, about);
  if (permission.ok) return;
  if (permission.hide) throw notFound(what === '' ? 'such thing' : what);
  throw new ApiError('forbidden', permission.reason, { code: permission.code });
}
