import { hash } from 'node:crypto';
import { responseKey } from '../../../lambdas/runtime/models/response-cache.ts';
import type { RunRecord } from '../../../lambdas/runtime/ports.ts';
import { runNamed, type SharedWorld, TENANTS, type Tenant } from './shared-world.ts';

/** @returns everything that whoever acts gets to see of it */
type Operation = (shared: SharedWorld, tenant: Tenant, args: readonly number[]) => Promise<string>;

const text = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
const at = (args: readonly number[], index: number): number => args[index] ?? 0;
/** Whose name is used: its own, or the other's. */
const whose = (args: readonly number[]): Tenant => TENANTS[at(args, 0)] ?? 'acme';
const runOf = (args: readonly number[]): string => runNamed(whose(args), at(args, 1));

/** The run that a tenant asks for by its id; as every door does it, one of another tenant is none. */
async function own({ world }: SharedWorld, tenant: Tenant, runId: string): Promise<RunRecord | undefined> {
  const run = await world.runs.get(runId);
  return run?.tenant === tenant ? run : undefined;
}

const principal = (args: readonly number[]): string => `user-${at(args, 3)}`;
const gate = (tenant: Tenant, args: readonly number[]) => ({
  ...{ flow_id: `flow_${hash('sha1', `${tenant} ${at(args, 1)}`)}`, name: `limit ${at(args, 3)}`, key: '', tenant },
  rule: { kind: 'concurrency', limit: 2 } as const,
});
const EVERY = { micros: 0, tokens: 100, calls: 1 };
const providerRequest = (args: readonly number[]) => ({ prompt: `question ${at(args, 1)}` }) as never;

/**
 * What tenants do, over everything that they share. What another tenant can't be kept from by a key, it is kept from by the
 * same question that every door asks.
 */
export const OPERATIONS = {
  start: (shared, tenant, args) =>
    shared.ask(
      'workflow_requested',
      {
        workflow: at(args, 3) === 5 ? 'demo.none' : 'demo.one',
        tenant,
        request_id: `request ${at(args, 1)}`,
        input: { n: at(args, 3) },
      },
      `start ${at(args, 1)} ${at(args, 2)}`,
    ),
  signal: (shared, tenant, args) =>
    shared.ask(
      'workflow_event',
      { workflow_id: runOf(args), tenant, event: 'paid', payload: at(args, 2) },
      `signal ${at(args, 2)}`,
    ),
  signalByRequest: (shared, tenant, args) =>
    shared.ask(
      'workflow_event',
      { request_id: `request ${at(args, 1)}`, tenant, event: 'paid' },
      `signal ${at(args, 2)}`,
    ),
  readRun: async (shared, tenant, args) => text(await own(shared, tenant, runOf(args))),
  listRuns: async ({ world }, tenant, args) => text(await world.runs.list(tenant, 1 + at(args, 3))),
  correlated: async ({ world }, tenant, args) =>
    text(await world.runs.correlated(tenant, `start ${at(args, 1)} ${at(args, 2)}`, 10)),
  endRun: async (shared, tenant, args) => {
    const run = await own(shared, tenant, runOf(args));
    if (!run) return 'none';
    await shared.world.runs.setStatus(run.runId, at(args, 3) > 2 ? 'completed' : 'failed', shared.clock.now());
    await shared.world.openRuns.leave(tenant, run.runId);
    return text(await own(shared, tenant, run.runId));
  },
  openRuns: async ({ world }, tenant) => text(await world.openRuns.list(tenant)),
  request: async ({ limits, standing }, tenant, args) =>
    text(await limits.admit({ tenant, sub: principal(args), limits: (await standing(tenant)).limits })),
  hold: async ({ world, clock }, tenant, args) => {
    const hold = { action: 'drain', by: 'ann', reason: `${at(args, 2)}`, at: clock.now() } as const;
    return text(await world.holds.set(tenant, at(args, 3) === 0 ? hold : undefined, clock.now()));
  },
  readHold: async ({ world }, tenant) => text((await world.holds.read(true)).get(tenant)),
  stopped: async (shared, tenant, args) => {
    const run = await own(shared, tenant, runOf(args));
    return text(run && (await shared.world.stops.on({ tenant, runId: run.runId, agent: 'worker' })));
  },
  keepResult: async ({ world, clock }, tenant, args) => {
    await world.resultCache.put(
      tenant,
      'demo.one',
      `task-${at(args, 3)}`,
      { value: `${tenant} ${at(args, 2)}` },
      clock.now(),
    );
    return 'kept';
  },
  readResult: async ({ world }, tenant, args) =>
    text(await world.resultCache.get(tenant, 'demo.one', `task-${at(args, 3)}`)),
  putBlob: async ({ world }, tenant, args) => text(await world.blobs.put(tenant, { secret: at(args, 1) })),
  /** By what somebody would have to know; a foreign one must be as good as none. */
  readBlob: async ({ world }, tenant, args) => {
    const body = JSON.stringify({ secret: at(args, 1) });
    const sha256 = hash('sha256', body);
    const key = `${whose(args)}/${sha256}`;
    if (!key.startsWith(`${tenant}/`)) return 'refused';
    return text(await world.blobs.get({ key, bytes: body.length, sha256 }).catch(() => 'missing'));
  },
  spend: async ({ world, clock }, tenant, args) => {
    const key = { tenant, runId: `day-${at(args, 3)}`, part: '' };
    return text(await world.accounts.take(key, { tokens: 300 }, EVERY, clock.now() + 1_000));
  },
  accounts: async ({ world }, tenant, args) => text(await world.accounts.list(tenant, `day-${at(args, 3)}`)),
  modelRate: async ({ world, clock }, tenant, args) => {
    const now = clock.now();
    return text(
      await world.rates.take(
        { tenant, model: `m${at(args, 3)}` },
        [{ unit: 'tokens', costMs: 5_000, latest: now + 5_000 }],
        now,
      ),
    );
  },
  askModel: async ({ cache }, tenant, args) => {
    const settings = { provider: 'bedrock', model: 'm' } as never;
    const key = responseKey(tenant, 'fast', settings, providerRequest(args));
    const known = cache.get(key);
    if (known === undefined) cache.set(key, `answer for ${tenant} ${at(args, 2)}`);
    return text(known);
  },
  noteFlow: async ({ world, clock }, tenant, args) => {
    await world.flowDirectory.note(gate(tenant, args), clock.now());
    return 'noted';
  },
  flows: async ({ world }, tenant) => text(await world.flowDirectory.list(tenant, 20)),
  park: async ({ world, clock }, tenant, args) => {
    await world.parkingLot.park({
      ...{ parkedId: `${tenant} ${at(args, 1)}`, queue: 'q', at: clock.now(), tenant, messageId: 'm' },
      ...{ messageType: 'task_assignment', reason: 'poison', body: `secret of ${tenant}` },
    });
    return 'parked';
  },
  parked: async ({ world }, tenant, args) => text(await world.parkingLot.list(1 + at(args, 3), tenant)),
  remember: async ({ memories }, tenant, args) => {
    const address = { tenant, pool: `pool-${at(args, 3)}` };
    const head = (await memories.head(address)) ?? { version: 0 };
    const body = new TextEncoder().encode(`${tenant} ${at(args, 2)}`);
    const rows = [{ id: `mem_${at(args, 1)}`, key: 'k', body }];
    return text(await memories.commit(address, { version: head.version, epoch: await memories.epoch(tenant) }, rows));
  },
  recall: async ({ memories }, tenant, args) => text(await memories.since({ tenant, pool: `pool-${at(args, 3)}` }, 0)),
  pools: async ({ memories }, tenant) => text([await memories.pools(tenant), await memories.countTenant(tenant)]),
  note: async ({ memories }, tenant, args) => {
    const note = { name: `n${at(args, 3)}`, key: 'k', body: new TextEncoder().encode(tenant) };
    await memories.putNote(tenant, runNamed(tenant, at(args, 1)), note, 0);
    return text(await memories.notes(tenant, runNamed(tenant, at(args, 1))));
  },
  forgetAll: async ({ memories }, tenant, args) =>
    at(args, 1) === 0 ? text([await memories.nextEpoch(tenant), await memories.removeTenant(tenant)]) : 'no',
  setPlan: async ({ world, clock }, tenant, args) => {
    const version = ((await world.tenants.get(tenant))?.version ?? 0) + 1;
    const record = { tenant, version, plan: 'small', limits: { openRuns: 5 + at(args, 1) }, status: 'active' } as const;
    return text(await world.tenants.put({ ...record, by: 'ann', reason: '', at: clock.now() }));
  },
  standing: async ({ standing }, tenant) => text(await standing(tenant)),
  claim: async (shared, tenant, args) => {
    const run = await own(shared, tenant, runOf(args));
    if (!run) return 'none';
    const key = `work#${run.runId}/one`;
    const claimed = await shared.world.claims.claim(
      key,
      1 + at(args, 3),
      `worker/${tenant}`,
      shared.clock.now() + 1_000,
    );
    return text([claimed, await shared.world.claims.outcome(key)]);
  },
  step: async (shared, tenant, args) => {
    const run = await own(shared, tenant, runOf(args));
    if (!run) return 'none';
    const key = `worker#${run.runId}/one/1`;
    const record = {
      position: 1 + at(args, 3),
      place: '1',
      kind: 'step',
      name: 's',
      outcome: { value: tenant },
      at: 0,
      attempt: 1,
    };
    await shared.world.ledger.append(key, record, 0);
    return text(await shared.world.ledger.read(key));
  },
} as const satisfies Readonly<Record<string, Operation>>;
