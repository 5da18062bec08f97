import * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import { TenantRecord, TenantStanding } from '../../../contracts/tenants.ts';
import type { ApiPorts } from '../api-ports.ts';
import type { Handler } from '../call.ts';
import { instant } from '../runs/answers.ts';

const Shown = TenantStanding.extend({ record: TenantRecord.optional() });
type Shown = z.infer<typeof Shown>;

export const getTenant: Handler<'getTenant'> = async ({ caller }, { standing }) => ({
  status: 200,
  body: answerOf(await standing(caller.tenant)),
});

export const listTenants: Handler<'listTenants'> = async ({ query: { limit, cursor } }, ports) => {
  const request = { op: 'list', limit, ...(cursor !== undefined && { after: cursor }) } as const;
  const Page = z.object({ tenants: z.array(TenantRecord), next: z.string().optional() });
  const { tenants, next } = Page.parse(await ports.askTenants(request));
  const items = await Promise.all(tenants.map(async ({ tenant }) => show(tenant, ports)));
  return { status: 200, body: { items, ...(next !== undefined && { next_cursor: next }) } };
};

export const lookUpTenant: Handler<'lookUpTenant'> = async ({ params }, ports) => ({
  status: 200,
  body: await show(params.tenant, ports),
});

export const setTenant: Handler<'setTenant'> = async ({ caller, params: { tenant }, body }, ports) => {
  const { plan, limits, status, reason } = body;
  await ports.askTenants({
    ...{ op: 'set', tenant, by: caller.principal.sub, reason },
    ...(plan !== undefined && { plan }),
    ...(limits && { limits }),
    ...(status && { status }),
  });
  return { status: 200, body: await show(tenant, ports) };
};

export const eraseTenant: Handler<'eraseTenant'> = async ({ caller, params: { tenant }, query }, ports) => {
  const { confirm, reason } = query;
  if (confirm !== tenant)
    throw new DataError('not_confirmed', 'say the name of the tenant once more', { field: 'query.confirm' });
  await ports.tellTenants({ op: 'erase', tenant, confirm, by: caller.principal.sub, reason });
  return { status: 202, body: { tenant } };
};

async function show(tenant: string, { askTenants }: ApiPorts) {
  return answerOf(Shown.parse(await askTenants({ op: 'show', tenant })));
}

function answerOf({ tenant, status, plan, limits, recorded, record }: Shown) {
  const { phase, removed, left } = record?.erasure ?? {};
  return {
    ...{ tenant, status, plan, limits, recorded },
    ...(record && { changed_at: instant(record.at), changed_by: record.by }),
    ...(phase && { erasure: { phase, removed: removed ?? {}, ...(left && { left }) } }),
  };
}
