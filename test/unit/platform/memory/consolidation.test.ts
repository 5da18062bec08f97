import { afterEach, describe, expect, test } from '@jest/globals';
import type { Embedder } from '../../../../lambdas/runtime/memory/embedder.ts';
import type { Memory } from '../../../../lambdas/runtime/memory.ts';
import { type MemoryFleet, memoryFleet } from './support/memory-fleet.ts';

const DAY_MS = 86_400_000;
let memories: MemoryFleet | undefined;
afterEach(() => memories?.fleet.stop());

const all = async (memory: Memory, text: string) => (await memory.recall({ text, limit: 50 })).entries;

describe('consolidation', () => {
  test('makes one of facts that say the same, which knows all their sources', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const { as, ask } = memories;
    const first = await as('keeper', (memory) => memory.remember({ text: 'The ferry leaves at 12.', confidence: 0.5 }));
    const second = await as('keeper', (memory) =>
      memory.remember({ text: 'the ferries leave at 12', confidence: 0.9 }),
    );
    await as('keeper', (memory) =>
      memory.rememberAll([
        { text: 'The ferry leaves at 13.' },
        { text: 'The ferry never leaves at 12.' },
        { text: 'The ferry leaves at 12.', subject: 'ada' },
        { text: 'The ferry leaves at 12.', kind: 'episodic' },
      ]),
    );
    expect(await ask({ op: 'consolidate' })).toMatchObject({ merged: 1 });
    const { answer } = await as('keeper', (memory) => all(memory, 'ferry'));
    expect(answer).toHaveLength(5);
    const merged = answer.find(({ id }) => id === first.answer);
    expect(merged).toMatchObject({
      confidence: 0.9,
      sources: [{ run: first.runId }, { run: second.runId }],
    });
    expect(await ask({ op: 'unlearn', run: first.runId })).toMatchObject({ removed: 0, changed: 1 });
    expect(await ask({ op: 'consolidate' })).toMatchObject({ merged: 0 });
  });

  test('comes by its schedule to all pools of all tenants', async () => {
    memories = await memoryFleet({ keeper: { facts: 'read-write' } });
    const { as, fleet } = memories;
    const twice = (memory: Memory) => memory.rememberAll([{ text: 'tea is hot' }, { text: 'Tea is hot!' }]);
    for (const tenant of ['acme', 'globex']) await as('keeper', async (memory) => void (await twice(memory)), tenant);
    expect(await fleet.platform.memory.call('schedule', {})).toEqual({ answer: null });
    for (const tenant of ['acme', 'globex'])
      expect((await as('keeper', (memory) => all(memory, 'tea'), tenant)).answer).toHaveLength(1);
  });

  test('leads links to the entry that is left', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const { as, ask } = memories;
    const { answer } = await as('keeper', async (memory) => {
      const [kept = '', gone = ''] = await memory.rememberAll([{ text: 'tea is hot' }, { text: 'Tea is hot!' }]);
      const proof = await memory.remember({ text: 'steam rises', links: [{ kind: 'supports', to: gone }] });
      return { kept, proof };
    });
    await ask({ op: 'consolidate' });
    expect(await ask({ op: 'show', id: answer.proof })).toMatchObject({
      links: [{ kind: 'supports', to: answer.kept }],
    });
  });

  test('makes a summary of what happened long ago, by its words alone', async () => {
    memories = await memoryFleet({ keeper: { own: 'read-write' } });
    const { as, ask, fleet } = memories;
    const { runId } = await as('keeper', (memory, ctx) =>
      memory.rememberAll(
        Array.from({ length: 9 }, (_, i) => ({
          kind: 'episodic' as const,
          text: i === 0 ? 'The voyage to Crete begins' : `On day ${i} of the voyage the sailors see dolphins`,
          speaker: i % 2 === 0 ? 'Ada' : 'Bob',
          at: ctx.clock.now() + i,
        })),
      ),
    );
    expect(await ask({ op: 'consolidate' })).toMatchObject({ summarized: 0 });
    await fleet.advance(400 * DAY_MS);
    expect(await ask({ op: 'consolidate' })).toMatchObject({ summarized: 9 });
    const { answer } = await as('keeper', (memory) => all(memory, 'what did the sailors see?'));
    expect(answer).toHaveLength(1);
    expect(answer[0]).toMatchObject({ kind: 'episodic', summarizes: 9, sources: [{ run: runId }] });
    expect(answer[0]?.text).toMatch(/9 entries from 2026-01-01 to 2026-01-01 by Ada, Bob\. About: .*dolphins.*Crete/);
    expect(await ask({ op: 'unlearn', run: runId })).toMatchObject({ removed: 1 });
  });

  test('gives a vector to what was remembered while there were none', async () => {
    const service = unreliable();
    memories = await memoryFleet({ keeper: { own: 'read-write' } }, { embedder: service.embedder });
    const { as, ask } = memories;
    service.isDown = true;
    await as('keeper', (memory) => memory.remember({ text: 'tea' }));
    expect(await ask({ op: 'consolidate' })).toMatchObject({ embedded: 0 });
    service.isDown = false;
    expect(await ask({ op: 'consolidate' })).toMatchObject({ embedded: 1 });
    expect(await ask({ op: 'consolidate' })).toMatchObject({ embedded: 0, snapshots: 0 });
  });
});

describe('while the embedding service is down', () => {
  test('memory goes by words alone, and says so', async () => {
    const service = unreliable();
    memories = await memoryFleet({ keeper: { own: 'read-write' } }, { embedder: service.embedder });
    const { as } = memories;
    await as('keeper', (memory) => memory.rememberAll([{ text: 'the ferry leaves at noon' }, { text: 'tea is hot' }]));
    expect((await as('keeper', (memory) => memory.recall('ferry'))).answer.degraded).toBeUndefined();
    service.isDown = true;
    const { answer } = await as('keeper', (memory) => memory.recall('ferry'));
    expect(answer.degraded).toBe('embeddings_unavailable');
    expect(answer.entries[0]?.text).toBe('the ferry leaves at noon');
    await as('keeper', (memory) => memory.remember({ text: 'the ferry is late' }));
    service.isDown = false;
    expect((await as('keeper', (memory) => all(memory, 'ferry late'))).answer[0]?.text).toBe('the ferry is late');
  });
});

/** Not a model: only whether and when it answers is looked at here, never what is near to what. */
function unreliable(): { isDown: boolean; embedder: Embedder } {
  const service = {
    isDown: false,
    embedder: {
      model: 'stand-in',
      embed: async (texts: readonly string[]) => {
        if (service.isDown) throw new Error('503');
        return texts.map(() => [1, 0]);
      },
    },
  };
  return service;
}
