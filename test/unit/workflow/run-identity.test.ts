import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../lambdas/contracts/canonical-json.ts';
import { RunId } from '../../../lambdas/contracts/names.ts';
import { requestDigest, runIdOf } from '../../../lambdas/workflow/run-identity.ts';

describe('the identity of a run', () => {
  test('is the same for the same tenant and request id, and a valid run id', () => {
    expect(runIdOf('acme', 'order-1')).toBe(runIdOf('acme', 'order-1'));
    expect(() => RunId.parse(runIdOf('acme', 'order-1'))).not.toThrow();
  });

  test('differs by tenant and by request id, however they are cut', () => {
    const ids = [runIdOf('acme', '1'), runIdOf('acm', 'e1'), runIdOf('acme","', '1'), runIdOf('acme', '","1')];
    expect(new Set(ids).size).toBe(4);
  });

  test('is fixed for ever: a change here would start finished runs again', () => {
    expect(runIdOf('default', 'r1')).toBe('run_ceaceccfdbb3d644740a41ad596510c218c5287a');
  });
});

describe('the digest of a request', () => {
  test('does not depend on the order of keys, at any depth', () => {
    expect(requestDigest({ a: 1, b: { c: [1, { d: 2, e: 3 }] } })).toBe(
      requestDigest({ b: { c: [1, { e: 3, d: 2 }] }, a: 1 }),
    );
  });

  test('depends on every value and on the order of lists', () => {
    const digests = [{ a: 1 }, { a: '1' }, { a: [1, 2] }, { a: [2, 1] }, { a: null }, {}].map(requestDigest);
    expect(new Set(digests).size).toBe(6);
  });

  test('canonical JSON is JSON', () => {
    const value = { z: 'ü"\\', a: [true, null, 1e21], '': {} };
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });
});
