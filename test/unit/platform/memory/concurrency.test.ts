import { afterEach, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import { createMemory } from '../../../../lambdas/platform/memory/memory.ts';
import { type MemoryFleet, memoryFleet } from './support/memory-fleet.ts';

let memories: MemoryFleet | undefined;
afterEach(() => memories?.fleet.stop());

test('containers that remember in the same pool at the same time lose nothing, and count each outcome once', async () => {
  memories = await memoryFleet({ keeper: { facts: 'read-write' } });
  const { fleet, as, request } = memories;
  const { answer: id, runId } = await as('keeper', (memory) =>
    memory.remember({ kind: 'procedural', text: 'brew tea' }, { pool: 'facts' }),
  );
  const containers = Array.from({ length: 5 }, () => createMemory(fleet.platform.memory.ports));
  const operations = [0, 1].flatMap((round) =>
    containers.map((container, i) => ({
      container,
      remember: { op: 'remember', pool: 'facts', key: `${round}-${i}`, entries: [{ text: `tea ${round} ${i}` }] },
    })),
  );
  const ask = async (container: ReturnType<typeof createMemory>, operation: JsonObject) =>
    container({ agent: 'keeper' }, await request({ agent: 'keeper', runId, taskId: 'a' }, operation));
  const remembered = await Promise.all(operations.map(({ container, remember }) => ask(container, remember)));
  expect(remembered.filter((reply) => 'error' in reply)).toEqual([]);
  const outcome = { op: 'outcome', pool: 'facts', id, key: 'once', success: true };
  await Promise.all(containers.map((container) => ask(container, outcome)));
  const recall = { op: 'recall', query: { text: 'tea', limit: 50 } };
  for (const container of containers) {
    const reply = await ask(container, recall);
    expect(reply).toMatchObject({ answer: { entries: expect.any(Array) } });
    expect(JSON.stringify(reply).match(/"id":/g)).toHaveLength(11);
    expect(JSON.stringify(reply)).toContain('"successes":1');
  }
});
