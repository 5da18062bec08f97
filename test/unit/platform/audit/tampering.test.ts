import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { auditObject, decodeObject, encodeObject, objectHash } from '../../../../lambdas/audit/audit-object.ts';
import { verifyAudit, verifyRun } from '../../../../lambdas/audit/verify.ts';
import { createAuditLog } from '../../../../lambdas/runtime/audit-log.ts';
import type { InProcessWorld } from '../../../../lambdas/testing/in-process-world.ts';
import { QUEUES } from '../../../../lambdas/testing/queue-urls.ts';
import type { TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import type { JournalEntry } from '../../../../lambdas/workflow/journal.ts';
import { chainStart, digested, entryHash } from '../../../../lambdas/workflow/journal-chain.ts';
import { faultsOf, fleetOf, twice, verified } from './audited-run.ts';

/* Attack 20 of the matrix: somebody who can write tables and buckets covers tracks. */

let fleet: TestFleet;
let world: InProcessWorld;
let runId: string;

beforeEach(async () => {
  fleet = await fleetOf();
  world = fleet.platform.world;
  for (let run = 0; run < 3; run += 1) runId = (await fleet.run(twice)).runId;
  await fleet.advance(1_000);
});
afterEach(() => fleet.stop());

/** The objects of a chain as text, to be put back otherwise. */
const key = (seq: number): string => `chains/default/${String(seq).padStart(12, '0')}.ndjson`;
const textOf = (seq: number): string => world.auditStore.objects.get(key(seq))?.text ?? '';
const put = (seq: number, text: string): void => void world.auditStore.objects.set(key(seq), { text, at: 0 });

describe('the objects of the audit', () => {
  test('are sound when nobody has touched them', async () => {
    const { findings, runs, chains } = await verified(world);
    expect(findings).toEqual([]);
    expect(runs).toBe(3);
    expect(chains.find(({ chain }) => chain === 'default')).toMatchObject({ objects: 3 });
  });

  test('show that one was taken out', async () => {
    world.auditStore.objects.delete(key(2));
    expect(await faultsOf(world)).toContain('missing');
  });

  test('show that two have changed places', async () => {
    const [second, third] = [textOf(2), textOf(3)];
    put(2, third);
    put(3, second);
    expect(await faultsOf(world)).toContain('reordered');
  });

  test.each([1, 2, 3])('show that a record of object %i was changed', async (seq) => {
    put(seq, textOf(seq).replace('"sender":"echo"', '"sender":"nobody"'));
    expect(await faultsOf(world)).toContain('changed');
  });

  test('show that a record was taken out, even if the count was made to fit', async () => {
    const { head, records } = decodeObject(textOf(2));
    put(2, encodeObject(auditObject(head, records.slice(1))));
    expect(await faultsOf(world)).toContain('changed');
  });

  test('show that the last ones were cut off', async () => {
    world.auditStore.objects.delete(key(3));
    expect(await faultsOf(world)).toContain('truncated');
  });

  test('show that the last ones were cut off, even if the head was set back', async () => {
    fleet.platform.call('audit-checkpoint');
    await fleet.advance(1_000);
    world.auditStore.objects.delete(key(3));
    const head = { chain: 'default', seq: 2, hash: objectHash(textOf(2)), at: 0 };
    const auditStore = { ...world.auditStore, head: async () => head, heads: async () => [head] };
    const { findings } = await verifyAudit({ ...world, auditStore });
    expect(findings).toContainEqual(expect.objectContaining({ code: 'truncated', chain: 'default', seq: 3 }));
  });

  test('show that a whole chain is gone, even with its head', async () => {
    fleet.platform.call('audit-checkpoint');
    await fleet.advance(1_000);
    for (const seq of [1, 2, 3]) world.auditStore.objects.delete(key(seq));
    const { head, heads } = world.auditStore;
    const auditStore = {
      ...world.auditStore,
      head: async (chain: string) => (chain === 'default' ? undefined : head(chain)),
      heads: async () => (await heads()).filter(({ chain }) => chain !== 'default'),
    };
    const { findings } = await verifyAudit({ ...world, auditStore });
    expect(findings).toContainEqual(expect.objectContaining({ code: 'truncated', chain: 'default' }));
  });

  test('show that a chain was made anew as a whole to who has kept where it stood', async () => {
    const { chains } = await verified(world);
    const tip = chains.find(({ chain }) => chain === 'default')?.tip;
    expect(tip).toBeDefined();
    let prev = decodeObject(textOf(1)).head.prev;
    for (const seq of [1, 2, 3]) {
      const { head, records } = decodeObject(textOf(seq).replaceAll('"sender":"echo"', '"sender":"nobody"'));
      put(seq, encodeObject(auditObject({ ...head, prev }, records)));
      prev = objectHash(textOf(seq));
    }
    const head = { chain: 'default', seq: 3, hash: prev, at: 0 };
    const { head: headOf } = world.auditStore;
    const auditStore = {
      ...world.auditStore,
      head: async (chain: string) => (chain === 'default' ? head : headOf(chain)),
    };
    expect((await verifyAudit({ ...world, auditStore }, { chain: 'default' })).findings).toEqual([]);
    const known = [{ chain: 'default', seq: tip?.seq ?? 0, hash: tip?.hash ?? '' }];
    const { findings } = await verifyAudit({ ...world, auditStore }, { chain: 'default', known });
    expect(findings).toContainEqual(expect.objectContaining({ code: 'changed', seq: 3 }));
  });

  test('can be looked at by time, without what was before and after', async () => {
    const at = (seq: number) => decodeObject(textOf(seq)).head.at;
    const { chains, findings } = await verifyAudit(world, { from: at(2), to: at(3) });
    expect(findings).toEqual([]);
    expect(chains.find(({ chain }) => chain === 'default')?.objects).toBeGreaterThan(0);
  });
});

describe("a run's journal", () => {
  const withJournal = (entries: readonly JournalEntry[]) => ({
    ...world,
    journal: { read: async (id: string) => (id === runId ? [...entries] : world.journal.read(id, 0)) },
  });
  const codes = async (entries: readonly JournalEntry[]): Promise<string[]> =>
    (await verifyRun(runId, withJournal(entries))).findings.map(({ code }) => code);
  const entries = () => world.journal.read(runId, 0);

  test('is what its root says', async () => {
    const { root, findings } = await verifyRun(runId, world);
    expect(findings).toEqual([]);
    expect(root).toMatchObject({ seq: 3, ended: true, hash: (await entries()).at(-1)?.hash });
  });

  test('shows that an entry was taken out', async () => {
    expect(await codes((await entries()).filter(({ seq }) => seq !== 2))).toContain('missing');
  });

  test('shows that two entries have changed places', async () => {
    const [first, second, third] = await entries();
    if (!first || !second || !third) throw new Error('there are three entries');
    expect(await codes([first, third, second])).toContain('reordered');
    // With their numbers: each lies where the other was.
    expect(await codes([first, { ...third, seq: 2 }, { ...second, seq: 3 }])).toContain('changed');
  });

  test.each([
    ['its time', { at: 1 }],
    ['what happened', { events: [{ type: 'timer_fired' as const }] }],
    ['who was heard', { heard: [['m', 'mallory', 'status_update', 2] as const] }],
    ['what was confirmed', { confirmed: 0 }],
  ])('shows that of an entry %s was changed', async (_, change) => {
    const changed = (await entries()).map((entry) => (entry.seq === 2 ? { ...entry, ...change } : entry));
    expect(await codes(changed)).toContain('changed');
  });

  test('shows that its end was cut off', async () => {
    expect(await codes((await entries()).slice(0, -1))).toContain('truncated');
  });

  test('shows that it is gone as a whole', async () => {
    expect(await codes([])).toContain('truncated');
  });

  test('shows that it was made anew, with hashes that fit together', async () => {
    let previous = chainStart(runId);
    const forged: JournalEntry[] = [];
    for (const entry of await entries()) {
      const anew = entry.seq === 2 ? { ...entry, at: entry.at + 1 } : entry;
      previous = entryHash(previous, anew, await digested(anew.events, (ref) => world.blobs.get(ref)));
      forged.push({ ...anew, hash: previous });
    }
    expect(await codes(forged)).toEqual(['changed']);
  });

  test('is not missed once its tenant was erased, which was noted', async () => {
    const gone = { ...world, journal: { read: async () => [] } };
    expect((await verifyAudit(gone)).findings).toHaveLength(3);
    const { ids } = world;
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const queues = fleet.platform.queuesOf('intake');
    const log = createAuditLog({ queues, auditQueue: QUEUES.audit, ids, logger });
    log.note({
      kind: 'tenant_erased',
      at: 1,
      reason: 'they asked for it',
      tenant: 'default',
      target: 'default',
      sub: 'ann',
    });
    await log.flush();
    await fleet.advance(1_000);
    expect((await verifyAudit(gone)).findings).toEqual([]);
  });

  test('can not stand in for that of another run', async () => {
    const [other] = (await world.runs.list('default', 10)).filter((run) => run.runId !== runId);
    expect(await codes(await world.journal.read(other?.runId ?? '', 0))).toContain('changed');
  });
});
