import { PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import { DataError } from '../../contracts/errors.ts';
import type { Counts, TenantErasure, TenantRecord } from '../../contracts/tenants.ts';
import type { TenantsPorts, TimeLeft } from './tenants-ports.ts';
import { placeIn, placeText, walk } from './walk.ts';

/** Containers may go by what they knew of a tenant for some seconds: a run may still begin in them. */
const SETTLE_MS = 10_000;
/** So long runs get to end; who has not by then is erased all the same. */
const STOP_WITHIN_MS = 600_000;
/** Before an invocation ends it writes down how far it has come. */
const RESERVE_MS = 20_000;
/** Who still writes of an erased tenant has until then come to its end. */
const MOST_ROUNDS = 10;
const AT_ONCE = 25;

interface Erasing extends TenantRecord {
  readonly erasure: TenantErasure;
}
export const isErasing = (record: TenantRecord): record is Erasing =>
  record.status === 'erasing' && record.erasure !== undefined;

/**
 * Goes on with an erasure as far as the time allows: stops what runs, removes everything, and looks through everything once
 * more until nothing is found. What is removed for good comes before what leads to it, so it may be interrupted anywhere.
 * @returns how it stands; `erased` when a look through everything has found nothing
 */
export async function goOnErasing(start: Erasing, ports: TenantsPorts, timeLeft: TimeLeft): Promise<TenantRecord> {
  let record = start;
  while (timeLeft() > RESERVE_MS) {
    const { phase } = record.erasure;
    const erasure = await (phase === 'stopping'
      ? stop(record, ports)
      : phase === 'removing'
        ? remove(record, ports, timeLeft)
        : look(record, ports, timeLeft));
    if (!erasure) return record;
    record = await save({ ...record, erasure }, ports);
    if (erasure.phase === 'done') return finish(record, ports);
  }
  return record;
}

/** @returns undefined: some still run */
async function stop({ tenant, erasure }: Erasing, ports: TenantsPorts): Promise<TenantErasure | undefined> {
  const { bus, clock, logger } = ports;
  const open = await openRunsOf(tenant, ports);
  const since = clock.now() - erasure.startedAt;
  if (since > STOP_WITHIN_MS || (open === 0 && since >= SETTLE_MS)) return { ...erasure, phase: 'removing' };
  const { by: requested_by, reason } = erasure;
  const detail = { scope: tenant, action: 'cancel', reason, requested_by } as const;
  await bus.publish(PLATFORM_SOURCE, [{ name: 'hold_requested', detail }]);
  logger.info('runs of a tenant end before it is erased', { tenant, open });
  return undefined;
}

async function openRunsOf(tenant: string, { runs }: TenantsPorts): Promise<number> {
  let count = 0;
  let next: string | undefined;
  do {
    const page = await runs.open(next);
    for (let from = 0; from < page.runIds.length; from += AT_ONCE) {
      const records = await Promise.all(page.runIds.slice(from, from + AT_ONCE).map((runId) => runs.get(runId)));
      count += records.filter(
        (run) => run?.tenant === tenant && (run.status === 'requested' || run.status === 'running'),
      ).length;
    }
    next = page.next;
  } while (next !== undefined);
  return count;
}

async function remove({ tenant, erasure }: Erasing, ports: TenantsPorts, timeLeft: TimeLeft): Promise<TenantErasure> {
  const removed: Counts = { ...erasure.removed };
  const stopped = await walk(
    tenant,
    ports.stores,
    placeIn(erasure.cursor),
    async (store, pieces) => {
      await store.remove(tenant, pieces);
      removed[store.name] = (removed[store.name] ?? 0) + pieces.length;
    },
    () => timeLeft() > RESERVE_MS,
  );
  const { cursor: _done, ...rest } = erasure;
  if (stopped) return { ...rest, removed, cursor: placeText(stopped) };
  return { ...rest, removed, phase: 'looking', rounds: erasure.rounds + 1, left: {} };
}

async function look({ tenant, erasure }: Erasing, ports: TenantsPorts, timeLeft: TimeLeft): Promise<TenantErasure> {
  const left: Counts = { ...erasure.left };
  const stopped = await walk(
    tenant,
    ports.stores,
    placeIn(erasure.cursor),
    async (store, pieces) => {
      left[store.name] = (left[store.name] ?? 0) + pieces.length;
    },
    () => timeLeft() > RESERVE_MS,
  );
  const { cursor: _done, ...rest } = erasure;
  if (stopped) return { ...rest, left, cursor: placeText(stopped) };
  const isEmpty = Object.values(left).every((count) => count === 0);
  if (isEmpty) return { ...rest, left, phase: 'done', finishedAt: ports.clock.now() };
  if (erasure.rounds >= MOST_ROUNDS) ports.logger.error('a tenant is written of while it is erased', { tenant, left });
  return { ...rest, left, phase: 'removing' };
}

/** What stays is that it was: its name is not given to anybody else. */
function finish(record: Erasing, ports: TenantsPorts): Promise<TenantRecord> {
  const { tenant, erasure } = record;
  const { by, removed } = erasure;
  const pieces = Object.values(removed).reduce((sum, count) => sum + count, 0);
  const reason = `${pieces} pieces removed, nothing left`;
  ports.securityLog.note({ kind: 'tenant_erased', at: ports.clock.now(), reason, tenant, target: tenant, sub: by });
  return save({ ...record, status: 'erased', limits: {} }, ports);
}

/** @throws DataError `tenant_changed` when somebody else goes on with it at the same time */
async function save<R extends TenantRecord>(record: R, { tenants, clock }: TenantsPorts): Promise<R> {
  const next = { ...record, version: record.version + 1, at: clock.now() };
  if (await tenants.put(next)) return next;
  throw new DataError('tenant_changed', `tenant "${record.tenant}" was changed at the same time; ask again`);
}
