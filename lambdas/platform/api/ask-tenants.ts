import { DataError } from '../../contracts/errors.ts';
import type { TenantReply } from '../../contracts/tenants.ts';
import type { ApiPorts } from './api-ports.ts';

/** Asks the tenants Lambda. What it says against a request is an error here. */
export function askTenantsBy(door: (request: unknown) => Promise<TenantReply>): ApiPorts['askTenants'] {
  return async (request) => {
    const reply = await door(request);
    if ('error' in reply) throw new DataError(reply.error.code, reply.error.message);
    return reply.answer;
  };
}
