import { describe, expect, test } from '@jest/globals';
import { asJson } from '../../../../lambdas/contracts/json.ts';
import { encodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { fakeAgent, sleep } from '../../../../lambdas/testing/fake-agent.ts';
import { QUEUES } from '../../../../lambdas/testing/queue-urls.ts';
import { createTestFleet, type TestFleetOptions } from '../../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../../support/factories.ts';

/** Work of a minute, so that others have time to lie about it. */
async function fleetOf(options: Partial<TestFleetOptions> = {}) {
  const bodies: string[] = [];
  const fleet = await createTestFleet({
    agents: [
      fakeAgent('worker', {
        work: async (_, ctx) => {
          await sleep(ctx, 5_000);
          return 'honest';
        },
      }),
      fakeAgent('liar', { lie: () => null }),
    ],
    ...options,
    hooks: {
      deliver({ records }) {
        for (const { body } of records) bodies.push(body);
        return undefined;
      },
    },
  });
  const { platform } = fleet;
  const { world } = platform;
  /** What the worker would report, with a lie in it. */
  async function lie(runId: string, by: string, inTheNameOf = 'worker') {
    const header = {
      ...{ message_id: `lie ${by}`, correlation_id: 'c', timestamp: new Date(platform.clock.now()).toISOString() },
      ...{ sender: inTheNameOf, receiver: 'coordinator', message_type: 'status_update', priority: 2 as const },
      ...{ ttl: 300, tenant: 'default', schema_version: 1 as const },
    };
    const update = { status: 'completed', task_id: 'a', attempt: 1, result: { value: 'a lie' }, duration_ms: 1 };
    const payload = asJson({ run_id: runId, agent: inTheNameOf, updates: [update] });
    // Its own key, whatever it says.
    const own = platform.securityOf(by);
    const messageSecurity = {
      ...own,
      sign: (_: unknown, body: Parameters<typeof own.sign>[1]) => own.sign({ ...header, sender: by }, body),
    };
    return encodeMessage({ header, payload }, { ...world, messageSecurity });
  }
  async function send(runId: string, body: string, from = 'liar'): Promise<void> {
    const message = { body, groupId: runId, deduplicationId: `d${Math.random()}` };
    await platform.queuesOf(from).send(QUEUES.coordinator, [message]);
    await platform.time.settle();
  }
  const refusals = () =>
    world.securityLog.events.filter(({ code = '' }) => code.startsWith('signature_') || code === 'message_misdirected');
  const journaled = async (runId: string): Promise<string[]> =>
    (await world.journal.read(runId, 0)).flatMap(({ events }) => events.map(({ type }) => type));
  return { fleet, bodies, lie, send, refusals, journaled };
}

const DEFINITION = workflow([task('a')]);

describe('a fleet', () => {
  test('signs every message, and runs as it would without', async () => {
    const { fleet, bodies, refusals } = await fleetOf();
    const run = await fleet.run(DEFINITION);
    expect(run.result).toEqual({ a: 'honest' });
    const envelopes = bodies.filter((body) => body.startsWith('{"header"'));
    expect(envelopes.length).toBeGreaterThan(2);
    for (const body of envelopes) expect(body).toMatch(/"signature":"[\w-]+\.\.[\w-]{86}"}$/);
    for (const body of bodies.filter((body) => body.includes('"muster.agent.')))
      expect(body).toContain('"muster_signature"');
    expect(refusals()).toEqual([]);
  });

  test.each([
    ['that nobody has signed', (body: string) => body.replace(/,"signature":"[^"]+"/, ''), 'signature_missing'],
    ['that an agent has signed in the name of another', (body: string) => body, 'signature_key_unknown'],
    ['that is no message', () => 'rubbish', 'signature_missing'],
  ])('drops a report %s: no journal entry, one security event, no second try', async (_name, change, code) => {
    const { fleet, lie, send, refusals, journaled } = await fleetOf();
    const runId = await fleet.start(DEFINITION);
    await fleet.advance(1_000);
    const before = await journaled(runId);
    await send(runId, change(await lie(runId, 'liar')));
    expect(await journaled(runId)).toEqual(before);
    expect(refusals()).toMatchObject([{ code, agent: 'liar', target: runId }]);
    await fleet.advance(1_000);
    expect(refusals()).toHaveLength(1);
    expect((await fleet.ended(runId)).result).toEqual({ a: 'honest' });
    expect(await fleet.platform.world.parkingLot.list(10)).toEqual([]);
  });

  test('takes no report of an agent on a task that another holds, though it is signed', async () => {
    const { fleet, lie, send, journaled } = await fleetOf();
    const runId = await fleet.start(DEFINITION);
    await fleet.advance(1_000);
    await send(runId, await lie(runId, 'liar', 'liar'));
    expect(await journaled(runId)).toContain('message_refused');
    expect((await fleet.ended(runId)).result).toEqual({ a: 'honest' });
  });

  test('does with a report that comes again what it did before: nothing', async () => {
    const { fleet, bodies, send, refusals } = await fleetOf();
    const run = await fleet.run(DEFINITION);
    const report = bodies.find((body) => body.includes('"status_update"'));
    const entries = (await fleet.platform.world.journal.read(run.runId, 0)).length;
    await send(run.runId, report ?? '', 'worker');
    await send(`run_${'b'.repeat(40)}`, report ?? '', 'worker');
    expect((await fleet.look(run)).result).toEqual(run.result);
    expect((await fleet.platform.world.journal.read(run.runId, 0)).length - entries).toBeLessThanOrEqual(1);
    expect(refusals()).toEqual([]);
  });

  test('gives an agent no work that was meant for another, or that nobody has signed', async () => {
    let worked = 0;
    const other = fakeAgent('other', { other: () => ++worked });
    const { fleet, bodies, refusals } = await fleetOf({
      agents: [fakeAgent('worker', { work: () => ++worked }), other],
    });
    const run = await fleet.run(DEFINITION);
    expect(run.status).toBe('completed');
    const assignment = bodies.find((body) => body.includes('"task_assignment"')) ?? '';
    const { world } = fleet.platform;
    const unsigned = assignment.replace(/,"signature":"[^"]+"/, '');
    await fleet.platform.queuesOf('liar').send('memory://other-standard', [{ body: assignment, groupId: 'default' }]);
    await fleet.platform.queuesOf('liar').send('memory://worker-standard', [{ body: unsigned, groupId: 'default' }]);
    await fleet.advance(60_000);
    expect(worked).toBe(1);
    // Told by the agents on the bus, and taken to the audit by the monitor.
    expect(
      refusals()
        .map(({ code, target }) => [code, target])
        .sort(),
    ).toEqual([
      ['message_misdirected', 'inbox of other'],
      ['signature_missing', 'inbox of worker'],
    ]);
    expect(await world.parkingLot.list(10)).toEqual([]);
  });

  test('keeps to itself what a confidential agent gets and reports', async () => {
    const secret = fakeAgent('worker', { work: (input) => ({ seen: input }) }, { confidential: true });
    const { fleet, bodies } = await fleetOf({ agents: [secret] });
    const run = await fleet.run(workflow([task('a', { input: 'the magic word' })]));
    expect(run.result).toEqual({ a: { seen: 'the magic word' } });
    const between = bodies.filter((body) => /"(task_assignment|status_update)"/.test(body));
    expect(between.length).toBeGreaterThan(1);
    for (const body of between) {
      expect(body).toContain('"encrypted":');
      expect(body).not.toContain('the magic word');
    }
  });

  test('encrypts everything of a tenant that asks for it, and runs as before', async () => {
    const { fleet, bodies } = await fleetOf({ encryptFor: ['bank'] });
    const run = await fleet.run(DEFINITION, {}, { tenant: 'bank', request_id: 'r1' });
    expect(run.result).toEqual({ a: 'honest' });
    const plain = bodies.filter(
      (body) => body.startsWith('{"header"') && !body.includes('"wake_run"') && !body.includes('"encrypted":'),
    );
    expect(plain).toEqual([]);
    await fleet.run(DEFINITION, {}, { tenant: 'shop', request_id: 'r2' });
    expect(bodies.some((body) => body.includes('"tenant":"shop"') && body.includes('"payload":'))).toBe(true);
  });

  test('without signatures works as one that never had them', async () => {
    const { fleet, bodies } = await fleetOf({ signatures: 'off' });
    expect((await fleet.run(DEFINITION)).result).toEqual({ a: 'honest' });
    expect(bodies.some((body) => body.includes('"signature"'))).toBe(false);
  });
});
