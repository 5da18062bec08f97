import { describe, expect, test } from '@jest/globals';
import { someRunId, type World } from './ports-under-test.ts';

const LATER = 1_900_000_000_000;

export function claimsContract(world: World): void {
  describe('claims', () => {
    test('have one holder per attempt, who may ask again', async () => {
      const { claims } = world();
      const key = `${someRunId()}/task`;
      expect(await claims.claim(key, 1, 'a', LATER)).toBe(true);
      expect(await claims.claim(key, 1, 'b', LATER)).toBe(false);
      expect(await claims.claim(key, 1, 'a', LATER)).toBe(true);
    });

    test('go to exactly one of many who want them', async () => {
      const { claims } = world();
      const key = `${someRunId()}/task`;
      const wanted = await Promise.all(Array.from({ length: 8 }, (_, i) => claims.claim(key, 1, `h${i}`, LATER)));
      expect(wanted.filter(Boolean)).toHaveLength(1);
    });

    test('are not taken within the attempt even when their time is over', async () => {
      const { claims } = world();
      const key = `${someRunId()}/task`;
      expect(await claims.claim(key, 1, 'a', 1_000)).toBe(true);
      expect(await claims.claim(key, 1, 'b', LATER)).toBe(false);
    });

    test('pass to a later attempt and never back', async () => {
      const { claims } = world();
      const key = `${someRunId()}/task`;
      await claims.claim(key, 1, 'a', LATER);
      expect(await claims.claim(key, 2, 'b', LATER)).toBe(true);
      expect(await claims.claim(key, 1, 'a', LATER)).toBe(false);
      const late = claims.settle(key, 1, 'too late');
      await expect(late).rejects.toMatchObject({ code: 'claim_superseded', class: 'non_recoverable' });
      expect(await claims.outcome(key)).toBeUndefined();
    });

    test('once settled keep their first outcome and are never taken again', async () => {
      const { claims } = world();
      const key = `${someRunId()}/task`;
      await claims.claim(key, 1, 'a', LATER);
      await claims.settle(key, 1, { rows: 3 });
      await claims.settle(key, 1, { rows: 4 });
      expect(await claims.outcome(key)).toEqual({ outcome: { rows: 3 } });
      expect(await claims.claim(key, 1, 'a', LATER)).toBe(false);
      expect(await claims.claim(key, 2, 'b', LATER)).toBe(false);
    });

    test('say until when their holder may be at work, and what it says last counts', async () => {
      const { claims } = world();
      const key = `${someRunId()}/task`;
      expect(await claims.heldUntil(key)).toBeUndefined();
      await claims.claim(key, 1, 'a', LATER - 1);
      expect(await claims.heldUntil(key)).toBe(LATER);
      await claims.claim(key, 1, 'b', LATER + 60_000);
      expect(await claims.heldUntil(key)).toBe(LATER);
      await claims.claim(key, 1, 'a', LATER - 60_000);
      expect(await claims.heldUntil(key)).toBe(LATER - 60_000);
    });

    test('keep an outcome of null apart from none', async () => {
      const { claims } = world();
      const key = `${someRunId()}/task`;
      expect(await claims.outcome(key)).toBeUndefined();
      await claims.claim(key, 1, 'a', LATER);
      expect(await claims.outcome(key)).toBeUndefined();
      await claims.settle(key, 1, null);
      expect(await claims.outcome(key)).toEqual({ outcome: null });
    });
  });
}
