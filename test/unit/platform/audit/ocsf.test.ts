import { describe, expect, test } from '@jest/globals';
import { toOcsf } from '../../../../lambdas/audit/ocsf.ts';
import { OcsfEvent } from '../../../../lambdas/contracts/ocsf.ts';
import { type SecurityEvent, SecurityEventKind } from '../../../../lambdas/contracts/security-events.ts';

const event = (kind: SecurityEventKind): SecurityEvent => ({
  ...{ kind, at: 1_700_000_000_000, reason: 'because', code: 'code', tenant: 'acme', sub: 'ann', agent: 'etl' },
  ...{ resource: 'workflow', action: 'create', target: 'run_1', source: '192.0.2.1', correlation_id: 'c-1' },
});

/** What OCSF 1.3.0 requires of each class beside what it requires of all. */
const REQUIRED: Readonly<Record<number, readonly string[]>> = {
  3002: ['user'],
  6003: ['actor', 'api', 'src_endpoint'],
  2004: ['finding_info'],
};

describe('a security event in OCSF', () => {
  test.each(SecurityEventKind.options)('of kind %s says all that its class requires', (kind) => {
    const told = OcsfEvent.parse(toOcsf(event(kind), 'acme/1/0'));
    expect(told.type_uid).toBe(told.class_uid * 100 + told.activity_id);
    expect(Math.floor(told.class_uid / 1_000)).toBe(told.category_uid);
    expect(told).toMatchObject({
      ...{ time: 1_700_000_000_000, status_code: 'code', severity_id: expect.any(Number) },
      metadata: { version: '1.3.0', uid: 'acme/1/0', event_code: kind, tenant_uid: 'acme', correlation_uid: 'c-1' },
    });
    for (const name of REQUIRED[told.class_uid] ?? ['nothing is known of this class'])
      expect(told).toHaveProperty(name);
  });

  test('tells what was refused from what went through', () => {
    expect(toOcsf(event('authorization_denied'), 'x').status_id).toBe(2);
    expect(toOcsf(event('token_issued'), 'x').status_id).toBe(1);
  });

  test('names an agent where no person is known', () => {
    const { sub: _, ...unknown } = event('authentication_failed');
    expect(toOcsf(unknown, 'x').user?.name).toBe('etl');
  });
});
