import { describe, expect, test } from '@jest/globals';
import { memoryRejections } from '../../../../lambdas/adapters/memory/memory-rejections.ts';
import { memorySecurityLog } from '../../../../lambdas/adapters/memory/memory-security-log.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { agentSource } from '../../../../lambdas/contracts/bus-events.ts';
import { StartRun } from '../../../../lambdas/contracts/messages.ts';
import type { RegisteredAgent } from '../../../../lambdas/contracts/registry.ts';
import { createIntake } from '../../../../lambdas/platform/intake/intake.ts';
import { decodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { NO_MESSAGE_SECURITY } from '../../../../lambdas/runtime/signing/message-security.ts';
import { checkDefinition } from '../../../../lambdas/workflow/definition.ts';
import { agent, busEvent, fakeWorld, invocation, record } from './fakes.ts';

const definition = checkDefinition({ name: 'demo.single', tasks: [{ id: 'a', type: 'demo.step' }] });
const RUN = `run_${'7'.repeat(40)}`;
const planner: RegisteredAgent = { ...agent('planner', 'demo.plan'), roles: ['orchestrator'] };

async function publish(
  source: string,
  type: string,
  detail: object,
  of: RegisteredAgent = planner,
  requestedBy = 'kim',
) {
  const world = fakeWorld({ agents: [agent('stepper', 'demo.step'), of], definitions: [definition] });
  world.seen.runs.set(RUN, {
    ...{ runId: RUN, tenant: 'acme', requestId: 'r', correlationId: 'c', workflow: 'demo.single', version: 1 },
    ...{ requestDigest: '', status: 'running', requestedAt: 0, requestedBy },
  });
  const securityLog = memorySecurityLog();
  const ports = {
    ...world.ports,
    rejections: memoryRejections(memoryTable(createMeter())),
    messageSecurity: NO_MESSAGE_SECURITY,
  };
  await createIntake({ ...ports, securityLog })([record(busEvent(type, detail, { source }))], invocation());
  return { seen: world.seen, ports, noted: securityLog.events };
}
const begin = { workflow: 'demo.single', tenant: 'acme', requested_by: 'ann' };

describe('an agent on the bus', () => {
  test('starts no workflow', async () => {
    const { seen, noted } = await publish(agentSource('stepper'), 'workflow_requested', begin);
    expect(seen.sent).toEqual([]);
    expect(seen.events).toMatchObject([{ name: 'workflow_rejected', detail: { code: 'not_permitted' } }]);
    expect(noted).toMatchObject([
      { kind: 'authorization_denied', sub: 'agent:stepper', resource: 'workflow', action: 'create' },
    ]);
  });

  test('starts one in its own name if its manifest makes it an orchestrator, whoever it says has asked', async () => {
    const { seen, ports, noted } = await publish(agentSource('planner'), 'workflow_requested', begin);
    const { payload } = await decodeMessage(seen.sent[0]?.body ?? '', ports);
    expect(StartRun.parse(payload).request).toMatchObject({ tenant: 'acme', requested_by: 'agent:planner' });
    expect(noted).toEqual([]);
  });

  test('starts none from quarantine, nor under a name that nobody registered', async () => {
    const health = { agent_id: 'planner', state: 'quarantined' as const, is_healthy: false, issues: [], since: 0 };
    const quarantined = { ...planner, load: { queue_depth: 0, measured_at: 0, health } };
    const rogue = await publish(agentSource('planner'), 'workflow_requested', begin, quarantined);
    const nobody = await publish(agentSource('ghost'), 'workflow_requested', begin);
    expect([...rogue.seen.sent, ...nobody.seen.sent]).toEqual([]);
  });

  test('sends events to runs that it has started, as an orchestrator, and to no others', async () => {
    const event = { workflow_id: RUN, event: 'paid', tenant: 'acme' };
    const own = await publish(agentSource('planner'), 'workflow_event', event, planner, 'agent:planner');
    const other = await publish(agentSource('stepper'), 'workflow_event', event, planner, 'agent:stepper');
    expect([own.seen.sent.length, own.noted.length]).toEqual([1, 0]);
    expect([other.seen.sent.length, other.noted.length]).toEqual([0, 1]);
  });

  test.each<[string, object]>([
    ['decision_made', { workflow_id: RUN, task_id: 'a', decision: 'approve', decided_by: 'kim' }],
    ['workflow_cancel_requested', { workflow_id: RUN }],
    ['workflow_pause_requested', { workflow_id: RUN, requested_by: 'kim' }],
    ['workflow_resume_requested', { workflow_id: RUN, requested_by: 'kim' }],
    ['workflow_event', { workflow_id: RUN, event: 'paid' }],
    ['hold_requested', { scope: 'acme', action: 'pause', requested_by: 'kim' }],
    ['hold_requested', { scope: '*', action: 'cancel', requested_by: 'kim' }],
  ])('says nothing to a run by %s, not even as an orchestrator (attack 22)', async (type, detail) => {
    const { seen, noted } = await publish(agentSource('planner'), type, detail);
    expect(seen.sent).toEqual([]);
    expect(seen.holds.size).toBe(0);
    expect(seen.events.map(({ detail }) => 'code' in detail && detail.code)).toEqual(['not_permitted']);
    expect(noted).toHaveLength(1);
  });
});
