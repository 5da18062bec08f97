import { afterEach, describe, expect, test } from '@jest/globals';
import type { Recollection } from '../../../../lambdas/contracts/memory.ts';
import type { Memory } from '../../../../lambdas/runtime/memory.ts';
import { type MemoryFleet, memoryFleet } from './support/memory-fleet.ts';

let memories: MemoryFleet | undefined;
afterEach(() => memories?.fleet.stop());

const texts = ({ entries }: Recollection): string[] => entries.map(({ text }) => text);
const recalled = async (memory: Memory, query: Parameters<Memory['recall']>[0]): Promise<string[]> =>
  texts(await memory.recall(query));

describe('agents remember', () => {
  test('and others recall what lies in a pool that both have', async () => {
    memories = await memoryFleet({ writer: { facts: 'write' }, reader: { facts: 'read' } });
    const { runId } = await memories.as('writer', (memory) =>
      memory.rememberAll(
        [
          { text: 'Customer Ada Lovelace prefers to be called in the afternoon' },
          { text: 'The warehouse in Lyon is closed in August' },
        ],
        { pool: 'facts' },
      ),
    );
    const { answer } = await memories.as('reader', (memory) => memory.recall('when is the warehouse closed?'));
    expect(answer.entries[0]).toMatchObject({
      text: 'The warehouse in Lyon is closed in August',
      pool: 'facts',
      sources: [{ run: runId, task: 'a', agent: 'writer' }],
      group: runId,
    });
  });

  test('what is their own is nobody else’s', async () => {
    memories = await memoryFleet({ one: { own: 'read-write' }, other: { own: 'read-write' } });
    await memories.as('one', (memory) => memory.remember({ text: 'the vault opens with a brass key' }));
    expect((await memories.as('other', (memory) => recalled(memory, 'brass key'))).answer).toEqual([]);
    expect((await memories.as('one', (memory) => recalled(memory, 'brass key'))).answer).toHaveLength(1);
  });

  test('agents of another tenant never see it, in the same pool', async () => {
    memories = await memoryFleet({ keeper: { facts: 'read-write' } });
    await memories.as('keeper', (memory) => memory.remember({ text: 'brass key' }, { pool: 'facts' }), 'acme');
    expect((await memories.as('keeper', (memory) => recalled(memory, 'brass key'), 'globex')).answer).toEqual([]);
    expect((await memories.as('keeper', (memory) => recalled(memory, 'brass key'), 'acme')).answer).toHaveLength(1);
  });

  test('a pool that is not theirs is refused, and one that is, only as their manifest says', async () => {
    memories = await memoryFleet({ reader: { facts: 'read' }, writer: { facts: 'write' } });
    const { as } = memories;
    const no = 'memory_not_permitted';
    await expect(as('reader', (memory) => memory.remember({ text: 'x' }, { pool: 'facts' }))).rejects.toThrow(no);
    await expect(as('reader', (memory) => memory.remember({ text: 'x' }, { pool: 'plans' }))).rejects.toThrow(no);
    await expect(as('writer', (memory) => memory.recall({ text: 'x', pools: ['facts'] }))).rejects.toThrow(no);
    await expect(
      as('reader', (memory) => memory.recall({ text: 'x', pools: ['facts', 'own'] })),
    ).resolves.toBeDefined();
  });

  test('an agent that declares no memory is told what to add', async () => {
    memories = await memoryFleet({ plain: {} });
    await expect(memories.as('plain', (memory) => memory.recall('x'))).rejects.toThrow(
      /memory_not_declared.*uses: \{ memory: \{ own: 'read-write' \} \}/,
    );
  });

  test('what was superseded is recalled as of then, and not as of now', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const { answer } = await memories.as('keeper', async (memory, ctx) => {
      const now = ctx.clock.now();
      const old = await memory.remember({ text: 'the office is in Paris', at: now - 100_000 });
      await memory.remember({
        text: 'the office is in Rome',
        at: now - 50_000,
        links: [{ kind: 'supersedes', to: old }],
      });
      return {
        now: await recalled(memory, 'where is the office'),
        before: await recalled(memory, { text: 'where is the office', as_of: now - 60_000 }),
      };
    });
    expect(answer).toEqual({ now: ['the office is in Rome'], before: ['the office is in Paris'] });
  });

  test('filters leave out what does not fit', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const { answer } = await memories.as('keeper', async (memory) => {
      await memory.rememberAll([
        { text: 'tea is served', kind: 'episodic', at: 1_000, speaker: 'Ada', group: 'monday' },
        { text: 'tea is black', kind: 'semantic', at: 2_000, subject: 'bob', confidence: 0.4 },
        { text: 'tea needs four minutes', kind: 'procedural', at: 3_000, valid_until: 4_000 },
      ]);
      const query = (filter: object) => recalled(memory, { text: 'tea', as_of: 3_500, ...filter });
      return {
        kinds: await query({ kinds: ['episodic', 'semantic'], since: 1_500 }),
        speaker: await query({ speaker: 'ADA' }),
        subject: await query({ subject: 'bob' }),
        sure: (await query({ min_confidence: 0.5 })).length,
        group: await query({ group: 'monday' }),
        before: await query({ until: 2_000 }),
        late: (await query({ as_of: 4_000 })).length,
      };
    });
    expect(answer).toEqual({
      kinds: ['tea is black'],
      speaker: ['tea is served'],
      subject: ['tea is black'],
      sure: 2,
      group: ['tea is served'],
      before: ['tea is served'],
      late: 2,
    });
  });

  test('of ways to do something, the one that went well comes first', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const { answer } = await memories.as('keeper', async (memory) => {
      const [bad = '', good = ''] = await memory.rememberAll([
        { kind: 'procedural', text: 'restart the printer by its button' },
        { kind: 'procedural', text: 'restart the printer by its plug' },
      ]);
      await memory.outcome(bad, false);
      await memory.outcome(good, true);
      const outcomes = await memory.outcome(good, true);
      return { outcomes, order: await recalled(memory, 'how to restart the printer') };
    });
    expect(answer.outcomes).toMatchObject({ successes: 2, failures: 0 });
    expect(answer.order).toEqual(['restart the printer by its plug', 'restart the printer by its button']);
  });

  test('what supports or contradicts an entry that fits is found beside it', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const { answer } = await memories.as('keeper', async (memory) => {
      const [ferry = '', harbour = '', strike = ''] = await memory.rememberAll(
        ['the ferry sails at noon', 'office says twelve', 'crews are on strike', 'lemons, apples, pears and plums'].map(
          (text, i) => ({ text, group: `${i}` }),
        ),
      );
      const before = await recalled(memory, { text: 'when does the ferry sail?', limit: 2 });
      await memory.link(harbour, 'supports', ferry);
      const supported = await recalled(memory, { text: 'when does the ferry sail?', limit: 2 });
      await memory.link(strike, 'contradicts', ferry);
      const { entries } = await memory.recall({ text: 'when does the ferry sail?', limit: 3 });
      return { before, supported, entries };
    });
    expect(answer.before).not.toContain('office says twelve');
    expect(answer.supported).toEqual(['the ferry sails at noon', 'office says twelve']);
    expect(answer.entries.map(({ text }) => text)).toContain('crews are on strike');
    const [ferry] = answer.entries;
    expect(ferry?.links).toMatchObject([{ kind: 'contradicts' }]);
  });

  test('of what is told alike, what is surer and newer comes first; what is not valid yet does not come', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const day = 86_400_000;
    const { answer } = await memories.as('keeper', async (memory, ctx) => {
      const now = ctx.clock.now();
      const told = (text: string, more: object = {}) => ({ text: `tea is ${text}`, group: text, ...more });
      await memory.rememberAll([
        told('green', { confidence: 0.5 }),
        told('black', { confidence: 0.9 }),
        told('cheap', { valid_from: now + day }),
      ]);
      const facts = await recalled(memory, 'tea');
      const tomorrow = await recalled(memory, { text: 'tea', as_of: now + 2 * day, min_confidence: 1 });
      await memory.rememberAll([
        told('spilt', { kind: 'episodic', at: now - 300 * day }),
        told('drunk', { kind: 'episodic', at: now - day }),
      ]);
      return { facts, tomorrow, episodes: await recalled(memory, { text: 'tea', kinds: ['episodic'] }) };
    });
    expect(answer).toEqual({
      facts: ['tea is black', 'tea is green'],
      tomorrow: ['tea is cheap'],
      episodes: ['tea is drunk', 'tea is spilt'],
    });
  });

  test('notes are for the tasks of one run', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const first = await memories.as('keeper', async (memory) => {
      await memory.note('plan', { steps: [1, 2] });
      await memory.note('plan', { steps: [3] });
      return memory.notes();
    });
    expect(first.answer).toEqual({ plan: { steps: [3] } });
    expect((await memories.as('keeper', (memory) => memory.notes())).answer).toEqual({});
  });

  test('a new container knows what an older one has remembered, with and without a snapshot', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const { as, ask, fleet } = memories;
    await as('keeper', (memory) => memory.remember({ text: 'the first key is brass' }));
    fleet.platform.memory.restart();
    expect((await as('keeper', (memory) => recalled(memory, 'key'))).answer).toHaveLength(1);
    await ask({ op: 'consolidate' });
    await as('keeper', (memory) => memory.remember({ text: 'the second key is iron' }));
    fleet.platform.memory.restart();
    expect((await as('keeper', (memory) => recalled(memory, 'key'))).answer.sort()).toEqual([
      'the first key is brass',
      'the second key is iron',
    ]);
  });
});

describe('a task that runs anew', () => {
  test('has remembered once, and recalls what it had recalled, as it is now', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } }, { steps: true });
    const { as } = memories;
    const { answer } = await as('keeper', async (memory, ctx) => {
      const id = await memory.remember({ text: 'the key is brass' });
      const before = await memory.recall('key');
      await memory.remember({ text: 'another key is iron' });
      await ctx.wait({ seconds: 60 });
      return { id, before: texts(before), now: await recalled(memory, 'key') };
    });
    expect(answer.before).toEqual(['the key is brass']);
    expect(answer.now).toHaveLength(2);
  });

  test('sees nothing any more of what was forgotten in between', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } }, { steps: true });
    const { answer } = await memories.as('keeper', async (memory, ctx) => {
      const id = await memory.remember({ text: 'the key is brass' });
      const found = await memory.recall('key');
      await memory.forget([id]);
      await ctx.wait({ seconds: 60 });
      return texts(found);
    });
    expect(answer).toEqual([]);
  });
});
