import { afterEach, describe, expect, test } from '@jest/globals';
import { Erasure, type Recollection } from '../../../../lambdas/contracts/memory.ts';
import { open } from '../../../../lambdas/platform/memory/sealing.ts';
import { readSnapshot } from '../../../../lambdas/platform/memory/snapshot.ts';
import type { Memory } from '../../../../lambdas/runtime/memory.ts';
import { type MemoryFleet, memoryFleet } from './support/memory-fleet.ts';

let memories: MemoryFleet | undefined;
afterEach(() => memories?.fleet.stop());

const fleetOf = async (): Promise<MemoryFleet> => {
  memories = await memoryFleet({ keeper: { facts: 'read-write' } });
  return memories;
};
const texts = ({ entries }: Recollection): string[] => entries.map(({ text }) => text).sort();
const all = (memory: Memory) => async (): Promise<string[]> => texts(await memory.recall({ text: 'tea', limit: 50 }));
const SHARED = { tenant: 'default', pool: 'shared.facts' };

describe('unlearning a run', () => {
  test('takes away what came from it alone, its notes and its outcomes, and leaves the rest', async () => {
    const { as, ask } = await fleetOf();
    const kept = await as('keeper', (memory) => memory.remember({ kind: 'procedural', text: 'brew tea in a pot' }));
    const bad = await as('keeper', async (memory) => {
      await memory.remember({ text: 'tea is made of coffee' });
      await memory.outcome(kept.answer, false);
      await memory.note('plan', 'pour coffee');
    });
    expect(await ask({ op: 'unlearn', run: bad.runId })).toMatchObject({ removed: 1, changed: 1, notes: 1 });
    const { answer } = await as('keeper', (memory) => memory.recall('tea'));
    expect(texts(answer)).toEqual(['brew tea in a pot']);
    expect(answer.entries[0]?.outcomes).toMatchObject({ successes: 0, failures: 0 });
  });

  test('makes valid again what it had superseded, and drops its links', async () => {
    const { as, ask } = await fleetOf();
    const old = await as('keeper', (memory) => memory.remember({ text: 'tea is at four' }));
    const { runId } = await as('keeper', async (memory) => {
      await memory.remember({ text: 'tea is at five', links: [{ kind: 'supersedes', to: old.answer }] });
      await memory.remember({ text: 'tea is never', links: [{ kind: 'contradicts', to: old.answer }] });
    });
    expect((await as('keeper', (memory) => all(memory)())).answer).toEqual(['tea is at five', 'tea is never']);
    await ask({ op: 'unlearn', run: runId });
    const { answer } = await as('keeper', (memory) => memory.recall('tea'));
    expect(answer.entries).toMatchObject([{ text: 'tea is at four', links: [] }]);
    expect(answer.entries[0]?.superseded_by).toBeUndefined();
  });

  test('leaves no trace in snapshots either', async () => {
    const { as, ask, fleet } = await fleetOf();
    const { runId } = await as('keeper', (memory) => memory.remember({ text: 'tea is bad' }, { pool: 'facts' }));
    await as('keeper', (memory) => memory.remember({ text: 'tea is good' }, { pool: 'facts' }));
    await ask({ op: 'consolidate' });
    await ask({ op: 'unlearn', run: runId });
    expect(await snapshotTexts(fleet)).toEqual(['tea is good']);
  });

  test('of which nothing is known says so, and changes nothing', async () => {
    const { as, ask } = await fleetOf();
    await as('keeper', (memory) => memory.remember({ text: 'tea' }));
    expect(await ask({ op: 'unlearn', run: `run_${'0'.repeat(40)}` })).toMatchObject({
      removed: 0,
      changed: 0,
      pools: [],
    });
    expect((await as('keeper', (memory) => all(memory)())).answer).toEqual(['tea']);
  });
});

describe('erasing a person', () => {
  test('takes their entries out of all pools and snapshots, and shows that nothing is left', async () => {
    const { as, ask, fleet } = await fleetOf();
    await as('keeper', async (memory) => {
      await memory.remember({ text: 'Ada takes no milk in her tea', subject: 'ada' });
      await memory.remember({ text: 'Ada is fond of tea', subject: 'ada' }, { pool: 'facts' });
      await memory.remember({ text: 'tea is served at four' }, { pool: 'facts' });
      await memory.remember({ text: 'Bob met Ada over tea', subject: 'bob' });
    });
    await ask({ op: 'consolidate' });
    const erasure = Erasure.parse(await ask({ op: 'erase', subject: 'ada' }));
    expect(erasure).toMatchObject({ entries: 2, key_destroyed: true, left: 0, snapshots_rewritten: 2 });
    expect(erasure.pools.sort()).toEqual(['own.keeper', 'shared.facts']);
    expect(erasure.mentions).toHaveLength(1);
    const left = ['Bob met Ada over tea', 'tea is served at four'];
    expect((await as('keeper', (memory) => all(memory)())).answer).toEqual(left);
    fleet.platform.memory.restart();
    expect((await as('keeper', (memory) => all(memory)())).answer).toEqual(left);
    expect(await snapshotTexts(fleet)).toEqual(['tea is served at four']);
  });

  test('leaves copies of what was stored unreadable: rows and snapshots of before', async () => {
    const { as, ask, fleet } = await fleetOf();
    await as('keeper', (memory) => memory.remember({ text: 'Ada is fond of tea', subject: 'ada' }, { pool: 'facts' }));
    await ask({ op: 'consolidate' });
    const { memories: store, memorySnapshots, memoryKeys } = fleet.platform.memory.ports;
    const [row] = await store.since(SHARED, 0);
    const [name = ''] = await memorySnapshots.list(SHARED);
    const copy = (await memorySnapshots.read(name)) ?? new Uint8Array();
    expect([...readSnapshot(SHARED, copy).open(await memoryKeys.read('default', [row?.key ?? '']))]).toHaveLength(1);
    expect(Buffer.from(copy).includes('fond')).toBe(false);
    await ask({ op: 'erase', subject: 'ada' });
    const keys = await memoryKeys.read('default', [row?.key ?? '']);
    expect(keys.size).toBe(0);
    expect([...readSnapshot(SHARED, copy).open(keys)]).toEqual([]);
    const anew = await memoryKeys.forSubject('default', 'ada');
    expect(() => open(row?.body ?? new Uint8Array(), anew, 'entry')).toThrow();
  });

  test('reaches containers that have them open', async () => {
    const { as, ask, fleet } = await fleetOf();
    await as('keeper', (memory) => memory.remember({ text: 'Ada is fond of tea', subject: 'ada' }));
    const { createMemory } = await import('../../../../lambdas/platform/memory/memory.ts');
    const other = createMemory(fleet.platform.memory.ports);
    const question = { tenant: 'default', operation: { op: 'recall', query: { text: 'tea' } } };
    expect(await other('people', question)).toMatchObject({ answer: { entries: [{ subject: 'ada' }] } });
    await ask({ op: 'erase', subject: 'ada' });
    expect(await other('people', question)).toEqual({ answer: { entries: [] } });
  });

  test('again finds nothing, and does no harm; they may be remembered anew', async () => {
    const { as, ask } = await fleetOf();
    await as('keeper', (memory) => memory.remember({ text: 'Ada is fond of tea', subject: 'ada' }));
    await ask({ op: 'erase', subject: 'ada' });
    expect(await ask({ op: 'erase', subject: 'ada' })).toMatchObject({ entries: 0, key_destroyed: false, left: 0 });
    await as('keeper', (memory) => memory.remember({ text: 'Ada drinks tea again', subject: 'ada' }));
    expect((await as('keeper', (memory) => all(memory)())).answer).toEqual(['Ada drinks tea again']);
  });

  test('of another tenant leaves the one of the same name alone', async () => {
    const { as, ask } = await fleetOf();
    await as('keeper', (memory) => memory.remember({ text: 'tea', subject: 'ada' }), 'acme');
    await ask({ op: 'erase', subject: 'ada' }, 'globex');
    expect((await as('keeper', (memory) => all(memory)(), 'acme')).answer).toEqual(['tea']);
  });
});

/** What the snapshots of the shared pool hold, by all keys that there are. */
async function snapshotTexts(fleet: MemoryFleet['fleet']): Promise<string[]> {
  const { memorySnapshots, memoryKeys } = fleet.platform.memory.ports;
  const found: string[] = [];
  for (const name of await memorySnapshots.list(SHARED)) {
    const { keys, open: opened } = readSnapshot(SHARED, (await memorySnapshots.read(name)) ?? new Uint8Array());
    for (const { remembered } of opened(await memoryKeys.read('default', keys))) found.push(remembered.entry.text);
  }
  return found.sort();
}
