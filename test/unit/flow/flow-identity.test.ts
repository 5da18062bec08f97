import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Gate } from '../../../lambdas/contracts/flow-control.ts';
import { type FlowSpec, flowIdOf, gateOf } from '../../../lambdas/flow/flow-identity.ts';

const spec: FlowSpec = {
  scope: 'tenant',
  tenant: 'acme',
  rule: { kind: 'concurrency', limit: 2 },
  name: 'openai',
  key: 'eu',
};

describe('a flow is known by', () => {
  test('its tenant, kind, name and key, whatever its limit', () => {
    expect(flowIdOf({ ...spec, rule: { kind: 'concurrency', limit: 9 } })).toBe(flowIdOf(spec));
    const others: FlowSpec[] = [
      { ...spec, tenant: 'other' },
      { ...spec, scope: 'platform' },
      { ...spec, name: 'other' },
      { ...spec, key: 'us' },
      { ...spec, rule: { kind: 'rate', limit: 2, periodSeconds: 1 } },
    ];
    expect(new Set([spec, ...others].map(flowIdOf)).size).toBe(6);
  });

  test('nothing of the tenant when all share it', () => {
    expect(flowIdOf({ ...spec, scope: 'platform' })).toBe(flowIdOf({ ...spec, scope: 'platform', tenant: 'other' }));
    expect(gateOf({ ...spec, scope: 'platform' }).tenant).toBeUndefined();
  });

  test('all of a key, however long, and its gate is valid', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5_000 }), (key) => {
        const gate = Gate.parse(gateOf({ ...spec, key }));
        expect(gateOf({ ...spec, key: `${key}!` }).flow_id).not.toBe(gate.flow_id);
      }),
    );
  });
});
