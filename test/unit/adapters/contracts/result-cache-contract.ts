import { describe, expect, test } from '@jest/globals';
import { someName, type World } from './ports-under-test.ts';

const T0 = 1_767_225_600_000;

export function resultCacheContract(world: World): void {
  describe('the cache of results', () => {
    test('has the last result of a task per tenant, workflow and task', async () => {
      const { resultCache } = world();
      const workflow = someName('workflow');
      await resultCache.put('acme', workflow, 'rates', { value: { eur: 1.1 } }, T0);
      expect(await resultCache.get('acme', workflow, 'rates')).toEqual({ result: { value: { eur: 1.1 } }, at: T0 });
      expect(await resultCache.get('other', workflow, 'rates')).toBeUndefined();
      expect(await resultCache.get('acme', someName('workflow'), 'rates')).toBeUndefined();
      expect(await resultCache.get('acme', workflow, 'other')).toBeUndefined();
    });

    test('keeps the newest, in whatever order they come', async () => {
      const { resultCache } = world();
      const workflow = someName('workflow');
      const ref = { key: 'acme/blob', bytes: 5_000, sha256: 'a'.repeat(64) };
      await resultCache.put('acme', workflow, 'rates', { ref }, T0 + 10);
      await resultCache.put('acme', workflow, 'rates', { value: 'late' }, T0 + 5);
      expect(await resultCache.get('acme', workflow, 'rates')).toEqual({ result: { ref }, at: T0 + 10 });
      await resultCache.put('acme', workflow, 'rates', { value: null }, T0 + 11);
      expect(await resultCache.get('acme', workflow, 'rates')).toEqual({ result: { value: null }, at: T0 + 11 });
    });
  });
}
