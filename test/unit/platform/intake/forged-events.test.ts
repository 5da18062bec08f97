import { describe, expect, test } from '@jest/globals';
import { memoryMessageKeys } from '../../../../lambdas/adapters/memory/memory-message-keys.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { QuarantinePolicy } from '../../../../lambdas/contracts/behaviour.ts';
import { agentSource, type BusEvent } from '../../../../lambdas/contracts/bus-events.ts';
import { SystemError } from '../../../../lambdas/contracts/errors.ts';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import { createIntake } from '../../../../lambdas/platform/intake/intake.ts';
import { createMessageSecurity } from '../../../../lambdas/runtime/signing/message-security.ts';
import { signedBus } from '../../../../lambdas/runtime/signing/signed-bus.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import type { CallFault } from '../../../../lambdas/testing/hooks.ts';
import { createTestFleet, type TestFleetOptions } from '../../../../lambdas/testing/test-fleet.ts';
import { runIdOf } from '../../../../lambdas/workflow/run-identity.ts';
import { task, workflow } from '../../../support/factories.ts';
import { busEvent, fakeWorld, invocation, record } from './fakes.ts';

const PLANNER = agentSource('planner');
const asks = (request_id: string, input: JsonObject = {}): Extract<BusEvent, { name: 'workflow_requested' }> => ({
  name: 'workflow_requested',
  detail: { workflow: 'nightly', input, request_id, tenant: 'acme' },
});

/** An orchestrator, and a thief who has found a way to speak under its source. */
async function fleetOf(options: Partial<TestFleetOptions> = {}) {
  const fleet = await createTestFleet({
    agents: [
      fakeAgent('worker', { work: () => 'done' }),
      fakeAgent('planner', { plan: () => null }, { roles: ['orchestrator'] }),
      fakeAgent('thief', { steal: () => null }),
    ],
    workflows: [workflow([task('a')], { name: 'nightly' })],
    ...options,
  });
  const { world, securityOf, time } = fleet.platform;
  /** The event as it would be on the bus, signed by this agent in its own name. */
  async function signed(by: string, event: BusEvent): Promise<JsonObject> {
    let said: JsonObject = {};
    const put = async (_source: string, _name: string, detail: JsonObject): Promise<void> => {
      said = detail;
    };
    const bus = signedBus({ publish: async () => {}, publishToChannel: put }, securityOf(by));
    await bus.publish(agentSource(by), [event]);
    return said;
  }
  const put = async (detail: JsonObject, name = 'workflow_requested'): Promise<void> => {
    await world.bus.publishToChannel(PLANNER, name, detail);
    await time.settle();
  };
  const runOf = (request_id: string) => world.runs.get(runIdOf('acme', request_id));
  const stateOf = async (name: string) =>
    (await world.registry.agents()).find((agent) => agent.name === name)?.load?.health?.state;
  const answers = () => fleet.events.filter(({ name }) => name === 'workflow_rejected' || name === 'request_refused');
  return { fleet, world, signed, put, runOf, stateOf, answers };
}

/** What is made of a request that the planner has signed, or that somebody else has. */
type Forge = (request: BusEvent, signed: (by: string, event: BusEvent) => Promise<JsonObject>) => Promise<JsonObject>;
const unsigned: Forge = async ({ detail }) => JSON.parse(JSON.stringify(detail));

describe('a request under the source of an agent', () => {
  test('that the agent has signed is done', async () => {
    const { fleet, world, signed, put, runOf } = await fleetOf();
    await put(await signed('planner', asks('r1')));
    expect(await runOf('r1')).toMatchObject({ workflow: 'nightly', requestedBy: 'agent:planner' });
    expect((await fleet.ended(runIdOf('acme', 'r1'))).status).toBe('completed');
    expect(world.securityLog.events).toEqual([]);
  });

  test.each<[string, Forge, string]>([
    ['nobody has signed', unsigned, 'signature_missing'],
    ['another agent has signed', (request, signed) => signed('thief', request), 'signature_key_unknown'],
    [
      'was changed since',
      async (request, signed) => ({ ...(await signed('planner', request)), workflow: 'nightly', tenant: 'bank' }),
      'signature_invalid',
    ],
    [
      'was signed as another event',
      (_, signed) =>
        signed('planner', { name: 'workflow_event', detail: { event: 'go', payload: null } }).then((detail) => ({
          ...detail,
          workflow: 'nightly',
        })),
      'signature_invalid',
    ],
    [
      'bears what only looks like a signature',
      async (request) => ({ ...(await unsigned(request, async () => ({}))), muster_signature: 'a..b' }),
      'signature_malformed',
    ],
  ])(
    'that %s is dropped and told, answered by nothing, and the agent is out (attacks 6, 8)',
    async (_, forge, code) => {
      const { fleet, world, signed, put, runOf, stateOf, answers } = await fleetOf();
      await put(await forge(asks('forged'), signed));
      await fleet.advance(60_000);
      expect(await runOf('forged')).toBeUndefined();
      expect(await world.runs.get(runIdOf('bank', 'forged'))).toBeUndefined();
      expect(answers()).toEqual([]);
      expect(world.securityLog.events).toContainEqual(
        expect.objectContaining({ kind: 'message_signature_refused', code, agent: 'planner', target: 'intake' }),
      );
      expect(await stateOf('planner')).toBe('quarantined');
      expect(await world.parkingLot.list(10)).toEqual([]);
    },
  );

  test('that was forged takes nothing else with it: what came beside it is done', async () => {
    const { fleet, world, signed, runOf } = await fleetOf({ quarantine: QuarantinePolicy.parse({ forgery: 'alert' }) });
    const good = await signed('planner', asks('good'));
    await world.bus.publishToChannel(PLANNER, 'workflow_requested', await unsigned(asks('forged'), signed));
    await world.bus.publishToChannel(PLANNER, 'workflow_requested', good);
    await fleet.platform.publish(asks('from a person'));
    await fleet.advance(1_000);
    expect(await runOf('forged')).toBeUndefined();
    for (const request of ['good', 'from a person'])
      expect((await fleet.ended(runIdOf('acme', request))).status).toBe('completed');
    expect(world.securityLog.events.filter(({ kind }) => kind === 'message_signature_refused')).toHaveLength(1);
  });

  test('of another agent than signed it is dropped: a signature holds for one source', async () => {
    const { fleet, world, signed, runOf } = await fleetOf();
    const detail = await signed('planner', asks('moved'));
    await world.bus.publishToChannel(agentSource('thief'), 'workflow_requested', detail);
    await fleet.advance(1_000);
    expect(await runOf('moved')).toBeUndefined();
    expect(world.securityLog.events).toContainEqual(
      expect.objectContaining({ code: 'signature_key_unknown', agent: 'thief' }),
    );
  });

  test('passes unsigned on the way to signatures, but nothing that is signed wrongly', async () => {
    const { signed, put, runOf, answers } = await fleetOf({ signatures: 'accepted' });
    await put(await unsigned(asks('r1'), signed));
    expect(await runOf('r1')).toMatchObject({ requestedBy: 'agent:planner' });
    await put(await signed('thief', asks('r2')));
    await put({ ...(await signed('planner', asks('r3'))), tenant: 'acme', input: { changed: true } });
    expect([await runOf('r2'), await runOf('r3')]).toEqual([undefined, undefined]);
    expect(answers()).toEqual([]);
  });

  test('is counted among those that were refused', async () => {
    const { ports } = fakeWorld();
    const { clock, ids } = ports;
    const keys = memoryMessageKeys(memoryTable(createMeter()));
    const messageSecurity = createMessageSecurity({ name: 'intake', clock, ids, keys });
    const { notes, ...call } = invocation();
    const records = [record(busEvent('workflow_requested', asks('r').detail, { source: PLANNER })), record('rubbish')];
    expect(
      await createIntake({ ...ports, messageSecurity })(records, {
        ...call,
        note: (said) => void Object.assign(notes, said),
      }),
    ).toEqual([]);
    expect(notes).toEqual({ accepted: 0, rejected: 1, refused: 1 });
  });

  test('comes again when the keys can not be asked for', async () => {
    let down = 2;
    const { fleet, signed, put, runOf, answers } = await fleetOf({
      hooks: {
        call({ process, port, method }): CallFault | undefined {
          if (process !== 'intake' || port !== 'messageSecurity' || method !== 'verifyEvent' || down === 0) return;
          down -= 1;
          return { fail: 'before', error: new SystemError('keys_unavailable', 'the table can not be reached') };
        },
      },
    });
    await put(await signed('planner', asks('r1')));
    expect(await runOf('r1')).toBeUndefined();
    await fleet.advance(600_000);
    expect(down).toBe(0);
    expect(await runOf('r1')).toMatchObject({ requestedBy: 'agent:planner' });
    expect(answers()).toEqual([]);
  });
});
