import { DataError, issuesOf, MusterError, reportOf } from '../../contracts/errors.ts';
import {
  type Counts,
  standingOf,
  type TenantRecord,
  type TenantReply,
  TenantRequest,
} from '../../contracts/tenants.ts';
import { goOnErasing, isErasing } from './erase.ts';
import { exportTenant } from './export.ts';
import type { TenantsPorts, TimeLeft } from './tenants-ports.ts';
import { START, walk } from './walk.ts';

/** Who asks waits no longer: an erasure goes on when it is asked for again, and by itself. */
const ASKED_MS = 120_000;

type Asked<O extends TenantRequest['op']> = Extract<TenantRequest, { op: O }>;

/** What is written of tenants, their exports and erasures. Never throws: a failure is an answer as well. */
export function createTenants(ports: TenantsPorts) {
  const { tenants, tenancy } = ports;

  async function set({ tenant, plan, limits, status, by, reason }: Asked<'set'>): Promise<TenantRecord> {
    const before = await tenants.get(tenant, true);
    if (before) refuseErased(before);
    if (plan !== undefined && !Object.hasOwn(tenancy.plans, plan)) {
      const known = Object.keys(tenancy.plans).join(', ');
      throw new DataError('unknown_plan', `there is no plan "${plan}"; there are ${known}`, { field: 'plan' });
    }
    return save({
      tenant,
      version: (before?.version ?? 0) + 1,
      plan: plan ?? before?.plan ?? tenancy.defaultPlan,
      limits: limits ?? before?.limits ?? {},
      status: status ?? before?.status ?? 'active',
      ...{ by, reason, at: ports.clock.now() },
    });
  }

  async function save(record: TenantRecord): Promise<TenantRecord> {
    if (await tenants.put(record)) return record;
    throw new DataError('tenant_changed', `tenant "${record.tenant}" was changed at the same time; ask again`);
  }

  async function erase(request: Asked<'erase'>, timeLeft: TimeLeft): Promise<TenantRecord> {
    const { tenant, confirm, by, reason } = request;
    if (confirm !== tenant)
      throw new DataError('not_confirmed', 'say the name of the tenant once more', { field: 'confirm' });
    const before = await tenants.get(tenant, true);
    if (before?.status === 'erased') return before;
    const at = ports.clock.now();
    const untilAnswer = (): number => Math.min(timeLeft(), at + ASKED_MS - ports.clock.now());
    if (before && isErasing(before)) return goOnErasing(before, ports, untilAnswer);
    const erasure = { startedAt: at, by, reason, phase: 'stopping', rounds: 0, removed: {} } as const;
    const { plan = tenancy.defaultPlan, limits = {}, version = 0 } = before ?? {};
    const record = { tenant, version: version + 1, plan, limits, status: 'erasing', by, reason, at, erasure } as const;
    await save(record);
    return goOnErasing(record, ports, untilAnswer);
  }

  async function look(tenant: string): Promise<{ tenant: string; counts: Counts }> {
    const counts: Counts = {};
    const count = async ({ name }: { name: string }, pieces: readonly unknown[]): Promise<void> => {
      counts[name] = (counts[name] ?? 0) + pieces.length;
    };
    await walk(tenant, ports.stores, START, count, () => true);
    return { tenant, counts };
  }

  async function show(tenant: string) {
    const record = await tenants.get(tenant, true);
    return { ...standingOf(tenant, record, tenancy), ...(record && { record }) };
  }

  async function serve(request: TenantRequest, timeLeft: TimeLeft): Promise<unknown> {
    switch (request.op) {
      case 'list': {
        const records = await tenants.list(request.after, request.limit);
        const last = records.length === request.limit ? records.at(-1)?.tenant : undefined;
        return { tenants: records, ...(last !== undefined && { next: last }) };
      }
      case 'show':
        return show(request.tenant);
      case 'set':
        return set(request);
      case 'erase':
        return erase(request, timeLeft);
      case 'look':
        return look(request.tenant);
      case 'export': {
        const record = await tenants.get(request.tenant, true);
        if (record) refuseErased(record);
        return exportTenant(request.tenant, ports);
      }
    }
  }

  return {
    async ask(asked: unknown, timeLeft: TimeLeft): Promise<TenantReply> {
      try {
        const parsed = TenantRequest.safeParse(asked);
        if (!parsed.success) throw new DataError('tenant_request_invalid', issuesOf(parsed.error));
        return { answer: await serve(parsed.data, timeLeft) };
      } catch (error) {
        const { code, message } = reportOf(error);
        if (!(error instanceof MusterError) || error.class !== 'data') ports.logger.error('tenants failed', { error });
        return { error: { code, message } };
      } finally {
        await ports.securityLog.flush();
      }
    },

    /** Erasures that were begun go on, whoever asked for them. */
    async goOn(timeLeft: TimeLeft): Promise<void> {
      for (let after: string | undefined; ; ) {
        const page = await tenants.list(after, 500);
        for (const record of page) if (isErasing(record)) await goOnErasing(record, ports, timeLeft);
        after = page.at(-1)?.tenant;
        if (page.length < 500) break;
      }
      await ports.securityLog.flush();
    },
  };
}

function refuseErased({ tenant, status }: TenantRecord): void {
  if (status === 'erased' || status === 'erasing')
    throw new DataError('tenant_erased', `tenant "${tenant}" is being erased, or was; its name is not used again`);
}
