import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { virtualWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import { objectStore } from '../../../lambdas/adapters/tenant-data/object-store.ts';
import { type OwnedTable, ownerOf } from '../../../lambdas/adapters/tenant-data/owner-of.ts';
import { createOwners } from '../../../lambdas/adapters/tenant-data/owners.ts';
import { sharedWatchesStore } from '../../../lambdas/adapters/tenant-data/shared-watches-store.ts';
import { stateStore } from '../../../lambdas/adapters/tenant-data/state-store.ts';
import { tableStore } from '../../../lambdas/adapters/tenant-data/table-store.ts';
import { TenantExport, TenantRecord } from '../../../lambdas/contracts/tenants.ts';
import { createTenants } from '../../../lambdas/platform/tenants/tenants.ts';
import type { TenantStore } from '../../../lambdas/tenancy/tenant-store.ts';
import { contentsOf, emptyPlaces, furnish, type Places } from '../../support/tenancy/furnish.ts';

const SECRET = 'the-salary-of-ann';
const PLENTY = (): number => 900_000;
/** Time for a page or two in each container. */
function impatient(): () => number {
  let left = 30_000;
  return () => {
    left = left < 9_000 ? 30_000 : left - 9_000;
    return left;
  };
}

/** @param world what outlives a container; everything else is as a new one has it */
function rig(places: Places, around: (store: TenantStore) => TenantStore = (store) => store, world = virtualWorld()) {
  const owners = createOwners(places.state, world.blobs);
  const open = async (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
  const stores = [
    ...(['claims', 'ledger', 'budgets', 'streams', 'behaviour'] as const).map((name) =>
      tableStore(name, places[name], owners),
    ),
    sharedWatchesStore(places.streams),
    objectStore({
      name: 'blobs',
      bucket: places.blobs,
      open,
      prefixes: (tenant) => [`${tenant}/`, `_snapshots/${tenant}/`],
    }),
    objectStore({ name: 'archive', bucket: places.archive, open, prefixes: (tenant) => [`_archive/${tenant}/`] }),
    stateStore(places.state, owners, world),
    tableStore('registry', places.registry, owners),
  ];
  const tenancy = { plans: { standard: {}, small: { openRuns: 1 } }, defaultPlan: 'standard' };
  const tenants = createTenants({
    ...{ ...world, tenancy, stores: stores.map(around) },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    exports: {
      async write(tenant, name, bytes) {
        places.blobs.objects.set(`${tenant}/_exports/${name}`, bytes);
        return `${tenant}/_exports/${name}`;
      },
    },
  });
  const erase = (timeLeft = PLENTY) =>
    tenants.ask({ op: 'erase', tenant: 'acme', confirm: 'acme', by: 'ann', reason: 'asked' }, timeLeft);
  /** As whoever asks does: again and again until it is done, each time in another container. */
  async function erased(timeLeft = PLENTY): Promise<TenantRecord> {
    for (let times = 0; times < 500; times++) {
      const reply = await rig(places, around, world).erase(timeLeft);
      world.clock.advance(5_000);
      if ('error' in reply) continue;
      const record = TenantRecord.parse(reply.answer);
      if (record.status === 'erased') return record;
    }
    throw new Error('it never came to an end');
  }
  return { world, tenants, erase, erased };
}

async function twoTenants(page?: number): Promise<{ places: Places; before: Map<string, string> }> {
  const places = emptyPlaces(page);
  await furnish(places, 'other', 'nobody-else-s-business');
  const before = contentsOf(places);
  await furnish(places, 'acme', SECRET);
  return { places, before };
}

/** Whoever takes rows or objects away for the so manieth time takes half of them, and dies. @returns how often they did */
function crashing(places: Places, at: number): () => number {
  let calls = 0;
  for (const place of Object.values(places)) {
    const remove: (items: readonly never[]) => Promise<void> = place.remove.bind(place);
    Object.assign(place, {
      remove: async (items: readonly never[]) => {
        calls += 1;
        if (calls !== at) return remove(items);
        await remove(items.slice(0, Math.ceil(items.length / 2)));
        throw new Error('crashed');
      },
    });
  }
  return () => calls;
}

/** What stays: that a run was the tenant's. */
const isTombstone = (key: string): boolean => key.endsWith('\u0000A#gone');

describe('erasing a tenant', () => {
  test.each([1, 2, 3, 7, 1_000])(
    'leaves nothing of it and all of the others, whatever the pages (%d rows)',
    async (page) => {
      const { places, before } = await twoTenants(page);
      expect([...contentsOf(places).values()].filter((content) => content.includes(SECRET)).length).toBeGreaterThan(10);
      const record = await rig(places).erased();
      const after = contentsOf(places);
      const left = [...after].filter(([key, content]) => !isTombstone(key) && /acme|the-salary/.test(key + content));
      expect(left).toEqual([]);
      for (const [key, content] of before) expect([key, after.get(key)]).toEqual([key, content]);
      expect([...after.keys()].filter((key) => !isTombstone(key))).toHaveLength(before.size);
      expect(record.erasure).toMatchObject({ phase: 'done', left: {} });
      expect(Object.keys(record.erasure?.removed ?? {}).sort()).toEqual([
        'archive',
        'behaviour',
        'blobs',
        'budgets',
        'claims',
        'ledger',
        'registry',
        'state',
        'streams',
        'watches',
      ]);
    },
  );

  test('goes on where it was interrupted, whenever that was', async () => {
    const { places, before } = await twoTenants();
    const record = await rig(places).erased(impatient());
    expect(record.status).toBe('erased');
    expect([...contentsOf(places).keys()].filter((key) => !isTombstone(key))).toHaveLength(before.size);
  });

  test('survives a crash at every single step', async () => {
    for (let crashAt = 1; ; crashAt++) {
      const { places, before } = await twoTenants();
      const calls = crashing(places, crashAt);
      await rig(places).erased();
      expect([...contentsOf(places).keys()].filter((key) => !isTombstone(key))).toHaveLength(before.size);
      if (calls() < crashAt) return expect(crashAt).toBeGreaterThan(40);
    }
  });

  test('finds what somebody writes of it meanwhile', async () => {
    const { places } = await twoTenants();
    let late = 0;
    const meanwhile = (store: TenantStore): TenantStore => ({
      ...store,
      remove: async (tenant, pieces) => {
        await store.remove(tenant, pieces);
        // A claim of a run that is gone already, and a journal entry of a coordinator that was slow.
        if (store.name === 'state' && late++ === 0) {
          const again = emptyPlaces();
          await furnish(again, 'acme', SECRET);
          for (const item of again.claims.rows.values()) places.claims.add(item);
          for (const item of again.state.rows.values()) if (item.sk?.S === 'E#000000000003') places.state.add(item);
        }
      },
    });
    const record = await rig(places, meanwhile).erased(impatient());
    expect(record.erasure?.rounds).toBeGreaterThan(1);
    expect([...contentsOf(places).values()].filter((content) => content.includes(SECRET))).toEqual([]);
  });

  test('waits for what runs, takes nothing new, and does not give its name away', async () => {
    const { places } = await twoTenants();
    const { world, erase, tenants, erased } = rig(places);
    await world.runs.create({
      ...{ runId: `run_${'a'.repeat(40)}`, tenant: 'acme', requestId: 'r', correlationId: 'c', workflow: 'w' },
      ...{ version: 1, requestDigest: 'd', status: 'running', requestedAt: 0 },
    });
    await world.runs.setWake(`run_${'a'.repeat(40)}`, 1);
    const holds: unknown[] = [];
    world.bus.subscribe(async (entry: unknown) => void holds.push(entry));
    world.clock.advance(60_000);
    expect(await erase()).toMatchObject({ answer: { status: 'erasing', erasure: { phase: 'stopping' } } });
    expect(JSON.stringify(holds)).toContain('"action":"cancel"');
    await world.runs.setStatus(`run_${'a'.repeat(40)}`, 'cancelled', 2);
    expect((await erased()).status).toBe('erased');
    const again = await tenants.ask({ op: 'set', tenant: 'acme', plan: 'small', by: 'bob' }, PLENTY);
    expect(again).toMatchObject({ error: { code: 'tenant_erased' } });
  });

  test('wants its name twice', async () => {
    const { places } = await twoTenants();
    const all = contentsOf(places);
    const slip = await rig(places).tenants.ask({ op: 'erase', tenant: 'acme', confirm: 'other', by: 'ann' }, PLENTY);
    expect(slip).toMatchObject({ error: { code: 'not_confirmed' } });
    expect(contentsOf(places)).toEqual(all);
  });
});

describe('exporting a tenant', () => {
  test('writes all that erasing would take, and nothing of others', async () => {
    const { places } = await twoTenants();
    const { tenants } = rig(places);
    const asked = await tenants.ask({ op: 'export', tenant: 'acme', by: 'ann' }, PLENTY);
    const made = TenantExport.parse('answer' in asked ? asked.answer : asked);
    const file = Buffer.concat(made.keys.map((key) => Buffer.from(places.blobs.objects.get(key) ?? [])));
    const lines = gunzipSync(file)
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ muster_tenant: 1, tenant: 'acme' });
    expect(lines.at(-1)).toEqual({ end: true, counts: made.counts });
    const said = JSON.stringify(lines);
    expect(said).toContain(SECRET);
    expect(said).not.toContain('nobody-else-s-business');
    const { answer } = (await tenants.ask({ op: 'look', tenant: 'acme' }, PLENTY)) as { answer: { counts: object } };
    expect({ ...answer.counts, blobs: made.counts.blobs }).toEqual(made.counts);
  });
});

describe('what is written of a tenant', () => {
  test('names a plan that there is, and is changed by one at a time', async () => {
    const { tenants } = rig(emptyPlaces());
    const set = (plan: string) => tenants.ask({ op: 'set', tenant: 'acme', plan, by: 'ann' }, PLENTY);
    expect(await set('huge')).toMatchObject({ error: { code: 'unknown_plan' } });
    const both = await Promise.all([set('small'), set('standard')]);
    expect(both.filter((reply) => 'answer' in reply)).toHaveLength(1);
    expect(await tenants.ask({ op: 'show', tenant: 'acme' }, PLENTY)).toMatchObject({ answer: { recorded: true } });
    expect(await tenants.ask({ op: 'show', tenant: 'none' }, PLENTY)).toMatchObject({ answer: { plan: 'standard' } });
    expect(await tenants.ask({ op: 'nonsense' }, PLENTY)).toMatchObject({ error: { code: 'tenant_request_invalid' } });
  });
});

describe('whose a row is', () => {
  // Where things lie is written down in these files: who adds a kind of rows adds it there, and has to say whose they are.
  const layouts: ReadonlyArray<readonly [file: string, tables: ReadonlyArray<OwnedTable | 'keys'>]> = [
    ['table-layout', ['state', 'registry', 'budgets', 'keys']],
    ['stream-items', ['streams']],
    ['behaviour-items', ['behaviour']],
  ];
  const blocksOf = (file: string): string[] => {
    const text = readFileSync(new URL(`../../../lambdas/adapters/items/${file}.ts`, import.meta.url), 'utf8');
    const [layout = ''] = text.slice(text.indexOf('/*\n * Where things lie')).split('*/');
    return layout.split(/\(`pk`, `sk`|partition key `pk`/).slice(1);
  };
  const documented = layouts.flatMap(([file, tables]) =>
    blocksOf(file).flatMap((block, index) =>
      [...block.matchAll(/^ \* {3}([A-Z][^\s]*)(?:\s|$)/gm)].flatMap(([, key = '']) => {
        const table = tables[index] ?? 'state';
        // Keys are of agents and platform Lambdas, never of a tenant.
        return table === 'keys' ? [] : [[table, key] as const];
      }),
    ),
  );

  test.each(layouts)('is written down in %s for each of its tables', (file, tables) => {
    expect(blocksOf(file)).toHaveLength(tables.length);
  });

  test('is read from the layouts', () => {
    expect(documented.length).toBeGreaterThan(30);
  });

  test.each(documented)('is known in the table %s for %s', (table, key) => {
    const run = `run_${'0'.repeat(40)}`;
    const pk = key
      .replace('<runId>', run)
      .replaceAll(/<tenant>|<tenant,/g, 'acme')
      .replaceAll(/<[^>]*>/g, 'x');
    const owner = ownerOf(table, { pk: { S: pk }, sk: { S: 'x' } });
    expect(owner).not.toBe('unknown');
    if (key.includes('<tenant>')) expect(owner).toEqual({ tenant: 'acme' });
    if (key.includes('<runId>') && !key.includes('<tenant>')) expect(owner).toEqual({ run });
  });

  test('is never guessed from a name: an agent may be called like a tenant', () => {
    const run = `run_${'0'.repeat(40)}`;
    expect(ownerOf('ledger', { pk: { S: `acme#${run}/t/1` }, sk: { S: '1' } })).toEqual({ run });
    expect(ownerOf('ledger', { pk: { S: 'acme#cache' }, sk: { S: 'other/0a' } })).toEqual({ tenant: 'other' });
    expect(ownerOf('registry', { pk: { S: 'AGENT' }, sk: { S: 'acme' } })).toBe('shared');
    expect(ownerOf('state', { pk: { S: 'FLOWS#*' }, sk: { S: 'x' } })).toBe('shared');
    expect(ownerOf('state', { pk: { S: 'SOMETHING#new' }, sk: { S: 'x' } })).toBe('unknown');
  });
});
