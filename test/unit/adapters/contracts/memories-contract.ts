import { describe, expect, test } from '@jest/globals';
import { someName, someRunId, type World } from './ports-under-test.ts';

const body = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
const row = (id: string, text?: string) => ({ id, key: 'k', body: text === undefined ? undefined : body(text) });

export function memoriesContract(world: World): void {
  const pool = () => ({ tenant: someName('tenant'), pool: 'shared.facts' });

  describe('memories', () => {
    test('are committed one after the other; who has not seen the last commit is refused', async () => {
      const { memories } = world();
      const address = pool();
      expect(await memories.head(address)).toBeUndefined();
      expect(await memories.commit(address, { version: 0, epoch: 0 }, [row('mem_a', 'one')])).toBe(true);
      expect(await memories.commit(address, { version: 0, epoch: 0 }, [row('mem_b', 'two')])).toBe(false);
      expect(await memories.commit(address, { version: 1, epoch: 0 }, [row('mem_b', 'two')])).toBe(true);
      expect(await memories.head(address)).toEqual({ version: 2 });
    });

    test('are told as they are now, from a version on', async () => {
      const { memories } = world();
      const address = pool();
      await memories.commit(address, { version: 0, epoch: 0 }, [row('mem_a', 'one'), row('mem_b', 'two')]);
      await memories.commit(address, { version: 1, epoch: 0 }, [row('mem_a', 'changed')]);
      await memories.commit(address, { version: 2, epoch: 0 }, [row('mem_b')]);
      const told = async (version: number) =>
        (await memories.since(address, version)).map((each) => [each.id, each.version, textOf(each.body)]);
      expect(await told(0)).toEqual([
        ['mem_a', 2, 'changed'],
        ['mem_b', 3, undefined],
      ]);
      expect(await told(2)).toEqual([['mem_b', 3, undefined]]);
      expect(await told(3)).toEqual([]);
    });

    test('that were prepared before an erasure are refused', async () => {
      const { memories } = world();
      const address = pool();
      expect(await memories.epoch(address.tenant)).toBe(0);
      expect(await memories.nextEpoch(address.tenant)).toBe(1);
      expect(await memories.commit(address, { version: 0, epoch: 0 }, [row('mem_a', 'late')])).toBe(false);
      expect(await memories.commit(address, { version: 0, epoch: 1 }, [row('mem_a', 'new')])).toBe(true);
      expect(await memories.nextEpoch(address.tenant)).toBe(2);
    });

    test('fifty go into one commit', async () => {
      const { memories } = world();
      const address = pool();
      const rows = Array.from({ length: 50 }, (_, i) => row(`mem_${i}`, String(i)));
      expect(await memories.commit(address, { version: 0, epoch: 0 }, rows)).toBe(true);
      expect(await memories.since(address, 0)).toHaveLength(50);
    });

    test('tenants and their pools are known', async () => {
      const { memories } = world();
      const { tenant } = pool();
      for (const name of ['shared.facts', 'own.writer'])
        await memories.commit({ tenant, pool: name }, { version: 0, epoch: 0 }, [row('mem_a', 'x')]);
      await memories.nextEpoch(tenant);
      expect(await memories.pools(tenant)).toEqual(['own.writer', 'shared.facts']);
      expect(await memories.tenants()).toContain(tenant);
    });

    test('the newest snapshot is named, and an older one never instead', async () => {
      const { memories } = world();
      const address = pool();
      await memories.commit(address, { version: 0, epoch: 0 }, [row('mem_a', 'x')]);
      expect(await memories.setSnapshot(address, { name: 'new', version: 1 })).toBe(true);
      expect(await memories.setSnapshot(address, { name: 'old', version: 0 })).toBe(false);
      expect(await memories.setSnapshot(address, { name: 'same', version: 1 })).toBe(true);
      expect(await memories.head(address)).toEqual({ version: 1, snapshot: { name: 'same', version: 1 } });
    });

    test('notes of a run are kept by name, and dropped together', async () => {
      const { memories } = world();
      const [tenant, run, other] = [someName('tenant'), someRunId(), someRunId()];
      const note = (name: string, text: string) => ({ name, key: 'k', body: body(text) });
      const until = Date.now() + 3_600_000;
      await memories.putNote(tenant, run, note('plan', 'a'), until);
      await memories.putNote(tenant, run, note('plan', 'b'), until);
      await memories.putNote(tenant, other, note('plan', 'c'), until);
      expect((await memories.notes(tenant, run)).map((each) => textOf(each.body))).toEqual(['b']);
      expect(await memories.dropNotes(tenant, run)).toBe(1);
      expect(await memories.notes(tenant, run)).toEqual([]);
      expect(await memories.notes(tenant, other)).toHaveLength(1);
    });
  });

  describe('keys of memories', () => {
    test('are made once for each person, and for the tenant', async () => {
      const { memoryKeys } = world();
      const tenant = someName('tenant');
      const ada = await memoryKeys.forSubject(tenant, 'ada');
      expect(await memoryKeys.forSubject(tenant, 'ada')).toEqual(ada);
      expect(ada.secret).toHaveLength(32);
      expect(ada.id).not.toContain('ada');
      const all = await memoryKeys.forSubject(tenant, undefined);
      expect(all.id).not.toBe(ada.id);
      const read = await memoryKeys.read(tenant, [ada.id, all.id, 'nobody.1']);
      expect([...read.keys()].sort()).toEqual([ada.id, all.id].sort());
      expect(read.get(ada.id)?.secret).toEqual(ada.secret);
    });

    test('that are destroyed never come back, not even for the same person', async () => {
      const { memoryKeys } = world();
      const tenant = someName('tenant');
      const before = await memoryKeys.forSubject(tenant, 'ada');
      expect(await memoryKeys.destroy(tenant, 'ada')).toBe(true);
      expect(await memoryKeys.destroy(tenant, 'ada')).toBe(false);
      const after = await memoryKeys.forSubject(tenant, 'ada');
      expect(after.id).not.toBe(before.id);
      expect((await memoryKeys.read(tenant, [before.id, after.id])).has(before.id)).toBe(false);
    });

    test('of another tenant are not read', async () => {
      const { memoryKeys } = world();
      const key = await memoryKeys.forSubject(someName('tenant'), undefined);
      expect((await memoryKeys.read(someName('tenant'), [key.id])).size).toBe(0);
    });
  });

  test('snapshots of memories are written, listed for their pool, and removed', async () => {
    const { memorySnapshots } = world();
    const address = pool();
    const name = `${address.tenant}/${address.pool}/1-a`;
    await memorySnapshots.write(name, body('sealed'));
    await memorySnapshots.write(`${address.tenant}/${address.pool}x/1-b`, body('of another pool'));
    expect(textOf(await memorySnapshots.read(name))).toBe('sealed');
    expect(await memorySnapshots.list(address)).toEqual([name]);
    await memorySnapshots.remove(name);
    await memorySnapshots.remove(name);
    expect(await memorySnapshots.read(name)).toBeUndefined();
    expect(await memorySnapshots.list(address)).toEqual([]);
  });

  test('the key of passes to the memory is made once, and is the same in all containers', async () => {
    const { freshMemoryPassKey } = world();
    const [one, other] = await Promise.all([freshMemoryPassKey().make(), freshMemoryPassKey().make()]);
    expect(one).toHaveLength(32);
    expect(Buffer.from(other).equals(one)).toBe(true);
    const found = await freshMemoryPassKey().find();
    expect(found && Buffer.from(found).equals(one)).toBe(true);
  });
}
