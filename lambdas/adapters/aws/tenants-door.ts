import { TENANTS_DOOR, TenantReply } from '../../contracts/tenants.ts';
import { askByAlias, type InvokeOptions, invokeByAlias } from './invoke-by-alias.ts';

/** The tenants Lambda by its alias for people: asked for an answer, or told to begin something that takes long. */
export function tenantsDoor(options: Omit<InvokeOptions, 'code' | 'asynchronous'>) {
  const ask = askByAlias({ ...options, code: 'registry_unavailable' }, TenantReply);
  const tell = invokeByAlias({ ...options, code: 'registry_unavailable', asynchronous: true });
  return {
    ask: (request: unknown): Promise<TenantReply> => ask(TENANTS_DOOR, request),
    tell: async (request: unknown): Promise<void> => void (await tell(TENANTS_DOOR, request)),
  };
}
