import { describe, expect, test } from '@jest/globals';
import type { FlowRule } from '../../../../lambdas/contracts/flow-control.ts';
import { runNamed } from '../../../support/flow-player.ts';
import { flowRig } from './flow-rig.ts';

const one: FlowRule = { kind: 'concurrency', limit: 1 };
const [a, b] = [runNamed('a'), runNamed('b')];

describe("a flow's turn in the coordinator", () => {
  test('grants what there is to runs in their own groups, and lists the flow', async () => {
    const rig = flowRig(one);
    const records = [await rig.record('ask_flow', rig.ask('a')), await rig.record('ask_flow', rig.ask('b'))];
    expect(await rig.deliver(records)).toEqual([]);
    expect(await rig.said()).toMatchObject([
      {
        ...{ queue: 'coordinator', group: a, type: 'grant_flow' },
        payload: { run_id: a, flow_id: rig.gate.flow_id, granted: 1 },
      },
    ]);
    expect(await rig.world.flowDirectory.list('default', 10)).toEqual([rig.gate]);
    await rig.deliver([await rig.record('ask_flow', rig.ask('a', { returned: 1, done: true }))]);
    expect(await rig.said()).toMatchObject([{ group: b, payload: { granted: 1 } }]);
    expect(await rig.journal()).toHaveLength(2);
  });

  test('that dies after its append repeats its grants when the messages come again, and decides nothing twice', async () => {
    const rig = flowRig(one);
    const record = await rig.record('ask_flow', rig.ask('a'));
    const send = async (): Promise<void> => {
      throw new Error('the container dies');
    };
    expect(await rig.deliver([record], { queues: { ...rig.ports.queues, send } })).toEqual([record.id]);
    expect(await rig.journal()).toHaveLength(1);
    expect(await rig.said()).toEqual([]);
    expect(await rig.deliver([{ ...record, receiveCount: 2 }])).toEqual([]);
    expect(await rig.said()).toMatchObject([{ group: a, type: 'grant_flow', payload: { granted: 1 } }]);
    expect(await rig.journal()).toHaveLength(1);
  });

  test('that died after its append repeats its grants when the run asks once more, in a message of its own', async () => {
    const rig = flowRig(one);
    const send = async (): Promise<void> => {
      throw new Error('the container dies');
    };
    await rig.deliver([await rig.record('ask_flow', rig.ask('a'))], { queues: { ...rig.ports.queues, send } });
    expect(await rig.deliver([await rig.record('ask_flow', rig.ask('a'))])).toEqual([]);
    expect(await rig.said()).toMatchObject([{ group: a, type: 'grant_flow', payload: { granted: 1 } }]);
    await rig.deliver([await rig.record('ask_flow', rig.ask('a'))]);
    expect(await rig.said()).toEqual([]);
  });

  test('whose append went through though its answer was lost goes on with its effects', async () => {
    const rig = flowRig(one);
    const record = await rig.record('ask_flow', rig.ask('a'));
    const { flowJournal } = rig.world;
    let lost = 0;
    const append: typeof flowJournal.append = async (...args) => {
      await flowJournal.append(...args);
      lost += 1;
      return flowJournal.append(...args);
    };
    await rig.deliver([record], { flowJournal: { ...flowJournal, append } });
    expect(lost).toBe(1);
    expect(await rig.said()).toMatchObject([{ group: a, payload: { granted: 1 } }]);
  });

  test('that another writer was faster than decides anew', async () => {
    const rig = flowRig(one);
    const { flowJournal } = rig.world;
    let rival = true;
    const append: typeof flowJournal.append = async (...args) => {
      if (rival) {
        rival = false;
        await rig.deliver([await rig.record('ask_flow', rig.ask('b'))]);
      }
      return flowJournal.append(...args);
    };
    await rig.deliver([await rig.record('ask_flow', rig.ask('a'))], { flowJournal: { ...flowJournal, append } });
    const grants = (await rig.said()).filter(({ type }) => type === 'grant_flow');
    expect(grants).toMatchObject([{ group: b }]);
    expect(await rig.journal()).toHaveLength(2);
  });

  test('arms a timer for what is due soon, and leaves the rest to the sweeper', async () => {
    const rig = flowRig({ kind: 'debounce', seconds: 90 });
    await rig.deliver([await rig.record('ask_flow', rig.ask('a'))]);
    const due = rig.world.clock.now() + 90_000;
    expect(await rig.said()).toMatchObject([
      {
        queue: 'timers',
        group: undefined,
        delaySeconds: 90,
        type: 'wake_flow',
        payload: { flow_id: rig.gate.flow_id, due },
      },
    ]);
    rig.world.clock.advance(90_000);
    await rig.deliver([await rig.record('wake_flow', { flow_id: rig.gate.flow_id, due }, { sender: 'timers' })]);
    expect(await rig.said()).toMatchObject([{ group: a, type: 'grant_flow', payload: { granted: 1 } }]);

    const slow = flowRig({ kind: 'debounce', seconds: 86_400 });
    await slow.deliver([await slow.record('ask_flow', slow.ask('a', { expires_at: 253_370_764_800_000 }))]);
    expect(await slow.said()).toEqual([]);
    const day = slow.world.clock.now() + 86_400_000;
    expect(await slow.world.runs.overdue(day, 10)).toEqual([slow.gate.flow_id]);
  });

  test('refuses who may not speak to it, and what it does not understand, and lets the rest through', async () => {
    const rig = flowRig(one);
    const records = [
      await rig.record('ask_flow', rig.ask('a'), { sender: 'timers' }),
      await rig.record('ask_flow', rig.ask('a'), { role: 'AROASOMEBODY' }),
      await rig.record('ask_flow', { run_id: 'nonsense' }),
      await rig.record('wake_flow', { flow_id: `flow_${'0'.repeat(40)}` }),
      await rig.record('wake_flow', { flow_id: rig.gate.flow_id }, { sender: 'dead-letters' }),
      await rig.record('status_update', {}),
      await rig.record('ask_flow', rig.ask('b')),
    ];
    expect(await rig.deliver(records)).toEqual([]);
    const events = (await rig.journal()).flatMap((entry) => entry.events);
    const refused = events.flatMap((event) => (event.type === 'message_refused' ? [event.code] : []));
    expect(refused).toEqual([
      'sender_not_permitted',
      'identity_mismatch',
      'bad_message',
      'wrong_group',
      'unknown_message_type',
    ]);
    expect(await rig.said()).toMatchObject([{ group: b, type: 'grant_flow' }]);
  });

  test('tells who leads a batch all inputs, wherever they lie, and the others who leads', async () => {
    const rig = flowRig({ kind: 'batch', size: 2, seconds: 60 });
    const large = { text: 'x'.repeat(5_000) };
    await rig.deliver([await rig.record('ask_flow', rig.ask('a', { input: { value: large } }))]);
    expect(JSON.stringify(await rig.journal())).not.toContain('xxxxx');
    await rig.said();
    await rig.deliver([await rig.record('ask_flow', rig.ask('b', { input: { value: { n: 2 } } }))]);
    expect(await rig.said()).toMatchObject([
      { group: a, payload: { granted: 1, batch: { items: { value: [large, { n: 2 }] }, members: [b] } } },
      { group: b, payload: { granted: 1, batch: { leader: a } } },
    ]);
  });

  test('tells the holder of a singleton to end when the newest is to take its place', async () => {
    const rig = flowRig({ kind: 'singleton', mode: 'cancel' });
    await rig.deliver([await rig.record('ask_flow', rig.ask('a'))]);
    await rig.said();
    await rig.deliver([await rig.record('ask_flow', rig.ask('b'))]);
    expect(await rig.said()).toMatchObject([
      {
        group: a,
        type: 'cancel_run',
        payload: { run_id: a, reason: `superseded by run ${b}`, requested_by: 'coordinator' },
      },
    ]);
  });

  test('keeps a snapshot every 20 entries and before it rests, and goes on from it', async () => {
    const rig = flowRig(one);
    for (let n = 1; n <= 25; n += 1) await rig.deliver([await rig.record('ask_flow', rig.ask('a', { asked: n }))]);
    expect((await rig.world.flowJournal.readSnapshot(rig.gate.flow_id))?.seq).toBe(21);
    await rig.deliver([
      await rig.record('ask_flow', rig.ask('a', { asked: 25, withdrawn: 24, returned: 1, done: true })),
    ]);
    rig.world.clock.advance(400_000);
    await rig.deliver([await rig.record('wake_flow', { flow_id: rig.gate.flow_id }, { sender: 'sweeper' })]);
    const entries = await rig.journal();
    expect((await rig.world.flowJournal.readSnapshot(rig.gate.flow_id))?.seq).toBe(entries.at(-1)?.seq);
    expect(await rig.world.runs.overdue(rig.world.clock.now() + 1e9, 10)).toEqual([]);
    expect(await rig.world.flowDirectory.list('default', 10)).toEqual([]);
  });
});
