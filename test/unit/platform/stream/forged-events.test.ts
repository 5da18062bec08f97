import { afterEach, describe, expect, test } from '@jest/globals';
import { agentSource, type BusEvent } from '../../../../lambdas/contracts/bus-events.ts';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import type { Principal } from '../../../../lambdas/contracts/principal.ts';
import { signedBus } from '../../../../lambdas/runtime/signing/signed-bus.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { QUEUES } from '../../../../lambdas/testing/queue-urls.ts';
import { createTestFleet, type TestFleet, type TestFleetOptions } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';
import { HOUR, piece, progress, runDone, runEvents } from './stream-world.ts';

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

/** A run that waits, and somebody who follows it. */
async function followed(options: Partial<TestFleetOptions> = {}) {
  fleet = await createTestFleet({
    agents: [fakeAgent('writer', { 'write.text': () => 'done' }), fakeAgent('thief', { steal: () => null })],
    stream: true,
    ...options,
  });
  const { platform } = fleet;
  const now = platform.clock.now();
  const ann: Principal = {
    ...{ kind: 'person', sub: 'ann', tenant: 'default', roles: ['viewer'], tokenId: 't' },
    ...{ issuedAt: now, expiresAt: now + HOUR },
  };
  const run = await fleet.start(workflow([{ id: 'wait', waitFor: { event: 'go' } }]));
  const socket = await platform.stream.connect(ann);
  await socket.say({ type: 'start', id: '1', payload: { subscribe: { run, after: 0 } } });
  const { detail } = progress(0.5, 'half way');
  const said: BusEvent = {
    name: 'task_progress',
    detail: { ...detail, workflow_id: run, tenant: 'default', current_step: 'half way', progress: 0.5, at: TIME },
  };
  const put = async (detail: JsonObject): Promise<void> => {
    await platform.world.bus.publishToChannel(agentSource('writer'), 'task_progress', detail);
    await platform.time.settle();
  };
  async function signed(by: string): Promise<JsonObject> {
    let signed: JsonObject = {};
    const publishToChannel = async (_source: string, _name: string, detail: JsonObject): Promise<void> => {
      signed = detail;
    };
    await signedBus({ publish: async () => {}, publishToChannel }, platform.securityOf(by)).publish('', [said]);
    return signed;
  }
  const steps = () =>
    socket.frames.flatMap((frame) => (frame.type === 'data' ? [frame.payload.current_step] : [])).filter(Boolean);
  const told = () =>
    platform.world.securityLog.events.filter(({ target }) => target === 'stream').map(({ kind, code }) => [kind, code]);
  return { fleet, run, put, signed, unsigned: said.detail, steps, frames: () => socket.frames, told };
}
const TIME = '2026-01-01T00:00:00.000Z';

describe('what agents say of their work', () => {
  test('reaches those who follow when the agent has signed it', async () => {
    const { put, signed, steps, told } = await followed();
    await put(await signed('writer'));
    expect([steps(), told()]).toEqual([['half way'], []]);
  });

  test('and nobody has signed, or another than it names, is dropped and told; what is honest beside it comes (attack 6)', async () => {
    const { put, signed, unsigned, steps, told } = await followed();
    await put(JSON.parse(JSON.stringify(unsigned)));
    await put(await signed('thief'));
    await put({ ...(await signed('writer')), current_step: 'lies' });
    expect(steps()).toEqual([]);
    await put(await signed('writer'));
    expect(steps()).toEqual(['half way']);
    expect(told()).toEqual([
      ['message_signature_refused', 'signature_missing'],
      ['message_signature_refused', 'signature_key_unknown'],
      ['message_signature_refused', 'signature_invalid'],
    ]);
  });

  test('passes unsigned on the way to signatures', async () => {
    const { put, unsigned, steps, told } = await followed({ signatures: 'accepted' });
    await put(JSON.parse(JSON.stringify(unsigned)));
    expect([steps(), told()]).toEqual([['half way'], []]);
  });

  test('in the name of another is told to the audit, whether it comes over the bus or straight (attack 8)', async () => {
    const { fleet, run, signed, steps, frames, told } = await followed();
    const { platform } = fleet;
    const send = async (message: object): Promise<void> => {
      const body = JSON.stringify(message);
      await platform.queuesOf('thief').send(QUEUES.stream, [{ body, groupId: run, deduplicationId: body }]);
      await platform.time.settle();
    };
    const lies = { ...piece(0, 'lies'), run_id: run, tenant: 'default' };
    await send(lies);
    await send({ ...lies, agent: 'nobody' });
    await send({ ...runEvents(runDone()), run_id: run, tenant: 'default' });
    const rejected = { request_id: 'test-1', tenant: 'default', workflow: 'w', correlation_id: 'c' };
    const detail = { ...rejected, code: 'x', field: '', reason: 'lies' };
    await send({ id: 'e', source: 'muster.platform', 'detail-type': 'workflow_rejected', detail });
    await platform.world.bus.publishToChannel(agentSource('thief'), 'task_progress', await signed('thief'));
    await platform.time.settle();
    expect([steps(), frames().map(({ type }) => type)]).toEqual([[], ['connection_ack', 'start_ack']]);
    expect(told()).toEqual([
      ...Array.from({ length: 4 }, () => ['sender_mismatch', 'identity_mismatch']),
      ['sender_mismatch', 'speaker_not_permitted'],
    ]);
  });
});
