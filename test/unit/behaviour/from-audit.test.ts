import { describe, expect, test } from '@jest/globals';
import { observationsOf } from '../../../lambdas/behaviour/from-audit.ts';
import type { AuditRecord } from '../../../lambdas/contracts/audit.ts';
import { Observation } from '../../../lambdas/contracts/behaviour.ts';

const common = { at: 1_000, tenant: 'acme', correlation_id: 'c1' };
const message: AuditRecord = {
  ...{ kind: 'message', ...common, channel: 'coordinator', action: 'consumed', message_id: 'm1', priority: 2 },
  ...{ sender: 'loader', receiver: 'coordinator', type: 'status_update' },
};
const access: AuditRecord = {
  ...{ kind: 'access', ...common, sub: 'ann', principal: 'person', operation: 'startRun' },
  ...{ resource: 'workflow', action: 'create', outcome: 'allowed' },
};
const read = (record: AuditRecord): Observation[] => {
  const observations = observationsOf(record, '7/0');
  for (const observation of observations) Observation.parse(observation);
  return observations;
};

describe('the audit as behaviour', () => {
  test('has each message once, whichever side it is known from', () => {
    expect(read(message)).toEqual([
      {
        ...{ at: 1_000, tenant: 'acme', correlation_id: 'c1', message_id: '7/0/m1', action: 'published' },
        ...{ sender: 'loader', receiver: 'coordinator', type: 'status_update', outcome: 'ok' },
      },
    ]);
  });

  test('knows agents on the bus and in tokens by their names', () => {
    const onBus = {
      ...message,
      action: 'published',
      sender: 'muster.agent.loader',
      receiver: 'broadcast',
      channel: 'mail',
    } as const;
    expect(read(onBus)).toMatchObject([{ sender: 'loader', receiver: 'mail' }]);
    expect(read({ ...access, sub: 'agent:loader', principal: 'agent' })[0]).toMatchObject({ sender: 'loader' });
    expect(read({ ...access, sub: 'agent:loader', principal: 'agent' })[0]?.user).toBeUndefined();
  });

  test('counts what was refused for whoever sent it', () => {
    const refused = read({ ...message, action: 'refused', code: 'not_the_holder' });
    expect(refused.map(({ action, outcome, sender }) => [action, outcome, sender])).toEqual([
      ['published', 'ok', 'loader'],
      ['consumed', 'refused', 'loader'],
    ]);
    expect(read({ ...access, outcome: 'denied' })).toMatchObject([
      { user: 'ann' },
      { user: 'ann', outcome: 'refused' },
    ]);
  });

  test('says nothing of those that nobody knows, and of the rules', () => {
    expect(read({ ...access, principal: 'unknown' })).toEqual([]);
    expect(read({ kind: 'decision', ...common, decision: 'run_failed', by: 'coordinator' })).toEqual([]);
    expect(read({ kind: 'root', ...common, run_id: 'r', seq: 1, hash: 'a'.repeat(64), ended: true })).toEqual([]);
  });

  test('hears people decide, and what security says of somebody', () => {
    expect(read({ kind: 'decision', ...common, decision: 'approve', by: 'bob' })).toMatchObject([
      { user: 'bob', sender: 'bob', receiver: 'decisions', type: 'approve' },
    ]);
    const event = { kind: 'tenant_crossed', at: 1_000, reason: 'r', sub: 'ann' } as const;
    expect(read({ kind: 'security', ...common, event })).toMatchObject([{ user: 'ann', outcome: 'refused' }]);
    const own = { kind: 'behaviour_unusual', at: 1_000, reason: 'r', agent: 'loader' } as const;
    expect(read({ kind: 'security', ...common, event: own })).toEqual([]);
  });
});
