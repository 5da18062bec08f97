import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Body, Header, isExpired, WireMessage } from '../../../lambdas/contracts/envelope.ts';
import { DEFAULTS } from '../../../lambdas/contracts/limits.ts';

const header = (overrides: object = {}) => ({
  message_id: 'm1',
  correlation_id: 'c1',
  timestamp: '2026-01-02T03:04:05Z',
  sender: 'etl-loader',
  receiver: 'coordinator',
  message_type: 'status_update',
  tenant: 'default',
  ...overrides,
});

describe('the header', () => {
  test("has the seed documents' defaults: normal priority and a life of 300 seconds", () => {
    expect(Header.parse(header())).toMatchObject({ priority: 2, ttl: 300, schema_version: 1 });
  });

  test.each([
    ['an empty id', { message_id: '' }, 'message_id'],
    ['an id of 129 characters', { message_id: 'x'.repeat(129) }, 'message_id'],
    ['a time that is none', { timestamp: 'today' }, 'timestamp'],
    ['a time with an offset', { timestamp: '2026-01-02T03:04:05+01:00' }, 'timestamp'],
    ['a priority of 5', { priority: 5 }, 'priority'],
    ['a priority of 0', { priority: 0 }, 'priority'],
    ['a life of 0 seconds', { ttl: 0 }, 'ttl'],
    ['a life of over 14 days', { ttl: 1_209_601 }, 'ttl'],
    ['a tenant with a slash', { tenant: 'a/b' }, 'tenant'],
    ['no tenant', { tenant: undefined }, 'tenant'],
    ['attempt 0', { attempt: 0 }, 'attempt'],
    ['another schema version', { schema_version: 2 }, 'schema_version'],
  ])('with %s is refused', (_name, overrides, field) => {
    expect(Header.safeParse(header(overrides)).error?.issues.map((issue) => issue.path[0])).toEqual([field]);
  });
});

describe('the time to live', () => {
  test('ends after its last millisecond, not before', () => {
    const parsed = Header.parse(header({ ttl: 10 }));
    const end = Date.parse(parsed.timestamp) + 10_000;
    expect(isExpired(parsed, end)).toBe(false);
    expect(isExpired(parsed, end + 1)).toBe(true);
  });

  test('never expires earlier than a longer one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        fc.integer(),
        (ttl, more, late) => {
          const now = Date.parse('2026-01-02T03:04:05Z') + late;
          const short = isExpired(Header.parse(header({ ttl })), now);
          const long = isExpired(Header.parse(header({ ttl: ttl + more })), now);
          expect(long && !short).toBe(false);
        },
      ),
    );
  });
});

describe('a body', () => {
  const ref = { key: 'default/abc', bytes: 3, sha256: 'a'.repeat(64) };

  test.each([
    ['as it is', { payload: { any: ['json', 1, null] } }],
    ['compressed', { compressed: 'CwGAeA==' }],
    ['in the blob bucket', { claim: ref }],
  ])('travels %s', (_name, body) => {
    expect(Body.parse(body)).toEqual(body);
    expect(WireMessage.parse({ header: header(), ...body })).toMatchObject(body);
  });

  test.each([
    ['nothing', {}],
    ['no JSON', { payload: undefined }],
    ['a claim with a short digest', { claim: { ...ref, sha256: 'abc' } }],
    ['a claim of negative size', { claim: { ...ref, bytes: -1 } }],
  ])('of %s is refused', (_name, body) => {
    expect(WireMessage.safeParse({ header: header(), ...body }).success).toBe(false);
  });
});

test("the defaults are the seed documents' own", () => {
  expect(DEFAULTS).toMatchObject({ attempts: 3, ttlSeconds: 300, messageTimeoutSeconds: 30, batchSize: 10 });
});
