import { describe, expect, test } from '@jest/globals';
import { alertsTable, alertText } from '../../../bin/views/alerts.ts';
import type { BehaviourAlert } from '../../../lambdas/contracts/behaviour.ts';

const at = Date.UTC(2026, 4, 4, 10);
const alert: BehaviourAlert = {
  ...{ alert_id: '3f2a91c0ffee', at, tenant: 'acme', subject_kind: 'agent', subject: 'clerk', severity: 'high' },
  ...{ score: 9.2, from: at - 3_600_000, to: at },
  findings: [
    { feature: 'volume', surprise: 9.2, span: 'hour', expected: 12, seen: 120, why: '120 messages in an hour' },
    { feature: 'hours', surprise: 1.5, span: 'hour', expected: 0.1, seen: 2, why: 'active at night' },
  ],
};

describe('alerts', () => {
  test('are listed with who, how bad and the strongest reason', () => {
    const text = alertsTable([alert], at);
    expect(text).toMatch(/3f2a91c0 +10:00:00 +high +agent clerk +volume: 120 messages in an hour/);
    expect(text).toContain('npx muster alerts 3f2a91c0');
  });

  test('are shown with all that was expected and seen, and what can be done', () => {
    const text = alertText(alert);
    expect(text).toContain('agent clerk of acme, 2026-05-04 09:00 to 2026-05-04 10:00 UTC');
    expect(text).toMatch(/volume +hour +12 +120 +9.2 +120 messages in an hour/);
    expect(text).toMatch(/hours +hour +0.1 +2 +1.5 +active at night/);
    expect(text).toContain('npx muster agents set clerk quarantined');
    expect(alertText({ ...alert, subject_kind: 'user' })).not.toContain('agents set');
  });
});
