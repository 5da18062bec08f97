import { describe, expect, test } from '@jest/globals';
import { entryText, erasureText, foundTable, unlearnedText } from '../../../bin/views/memories.ts';
import type { MemoryEntry } from '../../../lambdas/contracts/memory.ts';

const at = Date.UTC(2026, 4, 3, 12);
const id = `mem_${'a'.repeat(32)}`;
const run = `run_${'b'.repeat(40)}`;
const entry: MemoryEntry = {
  ...{ id, kind: 'procedural', text: 'restart it\nby its plug', group: run, at, valid_from: at, recorded_at: at },
  ...{ confidence: 0.9, links: [{ kind: 'supports', to: id }], outcomes: { successes: 2, failures: 1 } },
  sources: [{ run, task: 'a', agent: 'keeper', origin: 'manual.pdf', at }],
};

describe('memories, as people read them', () => {
  test('what was found, and that it was found by words alone', () => {
    const found = foundTable({
      entries: [{ ...entry, pool: 'facts', score: 7.125 }],
      degraded: 'embeddings_unavailable',
    });
    expect(found).toContain('restart it by its plug');
    expect(found).toContain('2026-05-03 12:00');
    expect(found).toContain('by words alone');
  });

  test('an entry, where it is from, and how it went', () => {
    const shown = entryText({ ...entry, pool: 'facts' });
    for (const part of [id, 'facts', '2 went well, 1 did not', `supports ${id}`, 'keeper · manual.pdf', 'to now'])
      expect(shown).toContain(part);
  });

  test('what was unlearned, or that there was nothing', () => {
    const nothing = { run, removed: 0, changed: 0, notes: 0, pools: [] };
    expect(unlearnedText(nothing)).toBe(`nothing is remembered of ${run}`);
    expect(unlearnedText({ ...nothing, removed: 3, pools: ['shared.facts'] })).toContain('3 entries are gone');
  });

  test('what was erased, that nothing is left, and who else names the person', () => {
    const erasure = {
      subject: 'Ada',
      at,
      entries: 2,
      pools: ['own.keeper'],
      snapshots_rewritten: 1,
      key_destroyed: true,
    };
    const text = erasureText({ ...erasure, left: 0, mentions: [{ pool: 'shared.facts', id }] });
    for (const part of ['Ada: 2 entries erased', 'destroyed', 'nothing', id]) expect(text).toContain(part);
    expect(erasureText({ ...erasure, left: 1, mentions: [] })).not.toContain('nothing');
  });
});
