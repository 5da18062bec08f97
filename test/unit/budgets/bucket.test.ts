import { describe, expect, test } from '@jest/globals';
import { virtualWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import { createBucket } from '../../../lambdas/runtime/budgets/bucket.ts';
import type { ModelRate } from '../../../lambdas/runtime/budgets/guard.ts';

function bucketOf(rate: ModelRate | undefined) {
  const world = virtualWorld();
  const bucket = () => createBucket(world.rates, (model) => (model === 'fast' ? rate : undefined), world.clock);
  return { ...world, bucket, written: () => world.meter.read().dynamodb_write_units };
}

/** Takes as soon as it may, for so long. @returns what was taken */
async function takenWithin(seconds: number, rate: ModelRate, tokens: number): Promise<number> {
  const { bucket, clock } = bucketOf(rate);
  const one = bucket();
  const end = clock.now() + seconds * 1_000;
  let taken = 0;
  while (clock.now() < end) {
    const answer = await one.take('acme', 'fast', tokens);
    if ('ok' in answer) taken += tokens;
    else clock.advance(answer.retryAfterMs);
  }
  return taken;
}

describe('the bucket of a model', () => {
  test('costs no request for a model without a rate', async () => {
    const { bucket, written } = bucketOf({});
    expect(await bucket().take('acme', 'fast', 1_000_000)).toEqual({ ok: true });
    expect(await bucket().take('acme', 'other', 1_000_000)).toEqual({ ok: true });
    bucket().giveBack('acme', 'fast', 10);
    expect(written()).toBe(0);
  });

  test('keeps to the rate in the long run, and to a quarter more in any minute', async () => {
    const rate = { tokensPerMinute: 12_000 };
    expect(await takenWithin(60, rate, 500)).toBe(14_500);
    expect(await takenWithin(600, rate, 500)).toBe(122_500);
  });

  test('counts requests too', async () => {
    expect(await takenWithin(60, { tokensPerMinute: 1_000_000, requestsPerMinute: 20 }, 1)).toBe(24);
  });

  test('says how long to wait, over all containers, and each tenant by itself', async () => {
    const { bucket, clock } = bucketOf({ requestsPerMinute: 4 });
    expect(await bucket().take('acme', 'fast', 1)).toEqual({ ok: true });
    expect(await bucket().take('acme', 'fast', 1)).toEqual({ retryAfterMs: 15_000 });
    expect(await bucket().take('other', 'fast', 1)).toEqual({ ok: true });
    clock.advance(15_000);
    expect(await bucket().take('acme', 'fast', 1)).toEqual({ ok: true });
  });

  test('takes less next time by what was given back, without a request', async () => {
    const { bucket, written } = bucketOf({ tokensPerMinute: 60_000 });
    const one = bucket();
    await one.take('acme', 'fast', 15_000);
    const before = written();
    one.giveBack('acme', 'fast', 14_000);
    expect(written()).toBe(before);
    expect(await one.take('acme', 'fast', 14_000)).toEqual({ ok: true });
    expect(await one.take('acme', 'fast', 1_000)).toEqual({ retryAfterMs: 1_000 });
  });

  test('keeps what was given back when the next take is too early', async () => {
    const { bucket, clock } = bucketOf({ tokensPerMinute: 60_000 });
    const one = bucket();
    await one.take('acme', 'fast', 15_000);
    one.giveBack('acme', 'fast', 500);
    expect(await one.take('acme', 'fast', 1_000)).toEqual({ retryAfterMs: 500 });
    clock.advance(500);
    expect(await one.take('acme', 'fast', 1_000)).toEqual({ ok: true });
  });
});
