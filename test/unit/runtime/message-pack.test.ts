import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { LIMITS } from '../../../lambdas/contracts/limits.ts';
import { packBodies, unpackBody } from '../../../lambdas/runtime/message-pack.ts';

const bodiesOf = (count: number, padding = ''): string[] =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ index, padding }));

describe('messages that share one', () => {
  test('come out as they went in, in order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.json().map((value) => `{"value":${value}}`),
          { maxLength: 30 },
        ),
        fc.integer({ min: 1, max: 10 }),
        (bodies, size) => {
          const again = packBodies(bodies, size).flatMap(unpackBody);
          expect(again.map((body) => JSON.parse(body))).toEqual(bodies.map((body) => JSON.parse(body)));
        },
      ),
    );
  });

  test('are as many as asked for, and the last what is left', () => {
    expect(packBodies(bodiesOf(25), 10).map((body) => unpackBody(body).length)).toEqual([10, 10, 5]);
  });

  test('stay below the size that is billed once', () => {
    const packs = packBodies(bodiesOf(10, 'x'.repeat(20_000)), 10);
    expect(packs.length).toBeGreaterThan(1);
    for (const pack of packs) expect(Buffer.byteLength(pack)).toBeLessThanOrEqual(LIMITS.inlineBody + 20);
  });

  test('alone are left as they are', () => {
    expect(packBodies(bodiesOf(2), 1)).toEqual(bodiesOf(2));
    expect(unpackBody('{"header":{}}')).toEqual(['{"header":{}}']);
  });

  test.each(['{"pack":[', '{"pack":[]}', 'nothing'])('that can not be told apart stay one: %s', (body) => {
    expect(unpackBody(body)).toEqual([body]);
  });
});
