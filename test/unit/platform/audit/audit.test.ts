import { afterEach, describe, expect, test } from '@jest/globals';
import { memoryAuditStore } from '../../../../lambdas/adapters/memory/memory-audit-store.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import { appendRecords } from '../../../../lambdas/audit/append.ts';
import type { AuditRecord } from '../../../../lambdas/contracts/audit.ts';
import { createAuditLog } from '../../../../lambdas/runtime/audit-log.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { QUEUES } from '../../../../lambdas/testing/queue-urls.ts';
import type { TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';
import { faultsOf, fleetOf, objectsIn, recordsIn, twice, verified } from './audited-run.ts';

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

const event = { kind: 'rate_limited', at: 5, reason: 'too fast', tenant: 'acme', sub: 'ann' } as const;

describe('the audit', () => {
  test("has every message of a run, as the seed documents' message log", async () => {
    fleet = await fleetOf();
    const { runId } = await fleet.run(twice, {}, { priority: 4 });
    await fleet.advance(1_000);
    const messages = recordsIn(fleet.platform.world).flatMap((record) => (record.kind === 'message' ? [record] : []));
    expect(messages).toHaveLength(9);
    for (const message of messages)
      expect(message).toMatchObject({
        ...{ run_id: runId, tenant: 'default', priority: expect.any(Number), at: expect.any(Number) },
        correlation_id: expect.any(String),
      });
    const assigned = messages.filter(({ type }) => type === 'task_assignment');
    expect(
      assigned.map(({ action, sender, receiver, channel, priority, task_id }) => ({
        ...{ action, sender, receiver, channel, priority, task_id },
      })),
    ).toEqual(
      ['first', 'second'].map((task_id) => ({
        ...{ action: 'published', sender: 'coordinator', receiver: 'echo', channel: 'echo/express' },
        ...{ priority: 4, task_id },
      })),
    );
    const reports = messages.filter(({ type }) => type === 'status_update');
    expect(reports.map(({ action, sender, receiver }) => [action, sender, receiver])).toEqual([
      ['consumed', 'echo', 'coordinator'],
      ['consumed', 'echo', 'coordinator'],
    ]);
  });

  test('has what people decide, and who they are, but not what they say', async () => {
    const asks = workflow([{ id: 'ok', ask: { question: 'May we?', options: ['yes', 'no'] } }]);
    fleet = await fleetOf();
    const run = await fleet.start(asks);
    await fleet.decide(run, 'ok', 'yes', 'ann', { comment: 'because my son is ill' });
    await fleet.ended(run);
    await fleet.advance(1_000);
    const decisions = recordsIn(fleet.platform.world).flatMap((record) => (record.kind === 'decision' ? [record] : []));
    expect(decisions).toContainEqual(expect.objectContaining({ decision: 'yes', by: 'ann', task_id: 'ok' }));
    expect([...objectsIn(fleet.platform.world).values()].join()).not.toContain('my son');
  });

  test('has what was refused, and why', async () => {
    const asks = ['one', 'two'].map((id) => ({ id, ask: { question: `${id}?`, options: ['yes', 'no'] } }));
    fleet = await fleetOf();
    const run = await fleet.start(workflow(asks));
    await fleet.decide(run, 'one', 'yes', 'ann');
    await fleet.decide(run, 'one', 'no', 'bob');
    await fleet.advance(1_000);
    const { world } = fleet.platform;
    const [refused] = recordsIn(world).filter((record) => record.kind === 'message' && record.action === 'refused');
    expect(refused).toMatchObject({ sender: 'intake', type: 'decide_task', run_id: run, code: expect.any(String) });
  });

  test('has what agents say to each other over channels, by its hash', async () => {
    const caller = fakeAgent(
      'caller',
      { 'call.out': (_, ctx) => ctx.publish('channel.news', { correlation_id: 'c-1', text: 'a secret word' }) },
      { channels: { publishes: ['channel.news'], subscribes: [] } },
    );
    fleet = await fleetOf({ agents: [caller] });
    await fleet.run(workflow([{ id: 'one', type: 'call.out' }]));
    await fleet.advance(1_000);
    const { world } = fleet.platform;
    expect(recordsIn(world)).toContainEqual(
      expect.objectContaining({
        ...{ kind: 'message', action: 'published', channel: 'channel.news', sender: 'muster.agent.caller' },
        ...{ correlation_id: 'c-1', body: { sha256: expect.any(String), bytes: expect.any(Number) } },
      }),
    );
    expect([...objectsIn(world).values()].join()).not.toContain('a secret word');
  });

  test('has what somebody said in the name of an agent as refused, and not as its word', async () => {
    fleet = await fleetOf();
    const { platform } = fleet;
    await platform.world.bus.publishToChannel('muster.agent.echo', 'channel.news', {
      correlation_id: 'c-1',
      text: 'x',
    });
    await fleet.advance(1_000);
    expect(recordsIn(platform.world).filter(({ kind }) => kind === 'message')).toEqual([
      expect.objectContaining({
        ...{ action: 'refused', code: 'signature_missing', channel: 'channel.news', correlation_id: 'c-1' },
        ...{ sender: 'muster.agent.echo' },
      }),
    ]);
  });

  test('keeps tenants in chains of their own', async () => {
    fleet = await fleetOf();
    await fleet.run(twice, {}, { tenant: 'acme' });
    await fleet.run(twice, {}, { tenant: 'globex' });
    await fleet.advance(1_000);
    const { world } = fleet.platform;
    for (const tenant of ['acme', 'globex']) {
      const own = [...objectsIn(world)].filter(([key]) => key.startsWith(`chains/${tenant}/`));
      expect(own).toHaveLength(1);
      expect(own.join()).not.toContain(tenant === 'acme' ? 'globex' : 'acme');
    }
    expect((await verified(world)).runs).toBe(2);
  });

  test('tells of security events in OCSF, on the bus', async () => {
    fleet = await fleetOf();
    const { world } = fleet.platform;
    const { ids } = world;
    const log = createAuditLog({
      queues: fleet.platform.queuesOf('intake'),
      auditQueue: QUEUES.audit,
      ids,
      logger: quiet,
    });
    log.note(event);
    await log.flush();
    await fleet.advance(1_000);
    expect(recordsIn(world)).toEqual([{ kind: 'security', at: 5, tenant: 'acme', event }]);
    const told = fleet.events.filter(({ name }) => name === 'security_event');
    expect(told).toEqual([
      {
        name: 'security_event',
        detail: expect.objectContaining({
          ...{ class_uid: 6003, severity_id: 2, time: 5, message: 'Requests came too fast: too fast' },
          actor: { user: { name: 'ann', org: { uid: 'acme' } } },
        }),
      },
    ]);
  });

  test('notes a long run before its end', async () => {
    const many = workflow(
      Array.from({ length: 70 }, (_, at) => ({
        ...{ id: `t${at}`, type: 'echo.say', input: at },
        ...(at > 0 && { dependsOn: [`t${at - 1}`] }),
      })),
    );
    fleet = await fleetOf();
    const { runId } = await fleet.run(many);
    await fleet.advance(1_000);
    const { world } = fleet.platform;
    const roots = recordsIn(world).flatMap((record) => (record.kind === 'root' ? [record] : []));
    expect(roots.map(({ seq, ended }) => [seq, ended])).toEqual([
      [64, false],
      [71, true],
    ]);
    const lines = recordsIn(world).filter(({ kind, run_id }) => kind === 'message' && run_id === runId);
    const ofReports = lines.filter((line) => line.kind === 'message' && line.type === 'status_update');
    expect(ofReports).toHaveLength(70);
    expect(await faultsOf(world)).toEqual([]);
  });

  test('says so at once when a journal is not what its coordinator has written', async () => {
    fleet = await fleetOf();
    const { world } = fleet.platform;
    const { runId } = await fleet.run(twice);
    await fleet.advance(1_000);
    const note = { note: 'journal', id: 'x', chain: 'default', run_id: runId, seq: 4, hash: 'a'.repeat(64) };
    const message = { body: JSON.stringify(note), groupId: 'default', deduplicationId: 'x' };
    await fleet.platform.queuesOf('coordinator').send(QUEUES.audit, [message]);
    await fleet.advance(1_000);
    expect(recordsIn(world)).toContainEqual(
      expect.objectContaining({
        kind: 'security',
        event: expect.objectContaining({ kind: 'audit_broken', code: 'truncated', target: runId }),
      }),
    );
  });

  test('loses no note that it can not read: somebody has to look at it', async () => {
    fleet = await fleetOf();
    const { world } = fleet.platform;
    const message = { body: '{"note":"records"}', groupId: 'default', deduplicationId: 'bad' };
    await fleet.platform.queuesOf('intake').send(QUEUES.audit, [message]);
    await fleet.advance(3_600_000);
    expect(await world.parkingLot.list(10)).toEqual([expect.objectContaining({ queue: 'audit-dead.fifo' })]);
  });

  test('is told once of what is noted twice', async () => {
    fleet = await fleetOf();
    const { world } = fleet.platform;
    const { runId } = await fleet.run(twice);
    await fleet.advance(1_000);
    const before = recordsIn(world).length;
    const [last] = (await world.journal.read(runId, 0)).slice(-1);
    const note = { note: 'journal', id: `${runId}/3`, chain: 'default', run_id: runId, seq: 3, hash: last?.hash };
    for (const deduplicationId of ['again', 'and again']) {
      const message = { body: JSON.stringify(note), groupId: 'default', deduplicationId };
      await fleet.platform.queuesOf('coordinator').send(QUEUES.audit, [message]);
    }
    await fleet.advance(1_000);
    expect(recordsIn(world)).toHaveLength(before);
  });

  test('does not hold up who tells it, and says what it has lost', async () => {
    const lines: unknown[] = [];
    const logger = { ...quiet, error: (message: string, fields?: unknown) => void lines.push([message, fields]) };
    const queues = { send: () => Promise.reject(new Error('the queue is out of reach')) };
    const log = createAuditLog({ queues, auditQueue: 'q', ids: { uuid: () => 'id' }, logger });
    log.note(event);
    await log.flush();
    expect(lines).toEqual([[expect.stringContaining('audit_notes_lost'), expect.objectContaining({ lost: 1 })]]);
  });
});

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

describe('an object of the audit', () => {
  const clock = virtualClock();
  const meter = createMeter();
  const storeOf = () => memoryAuditStore(memoryTable(meter), meter, clock);
  const record: AuditRecord = { kind: 'security', at: 1, tenant: 'acme', event };
  const noted = (...ids: string[]) =>
    ids.map((id) => ({ id, records: async () => [{ ...record, correlation_id: id }] }));
  const idsIn = (store: ReturnType<typeof storeOf>): unknown[] =>
    [...store.objects.values()].flatMap(({ text }) =>
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line).correlation_id),
    );

  test('that was left half done is finished by the next writer, and not written again', async () => {
    const store = storeOf();
    const settled: number[] = [];
    const dies = () => Promise.reject(new Error('died'));
    await expect(appendRecords('acme', noted('a', 'b'), 1, store, dies)).rejects.toThrow('died');
    expect(await store.head('acme')).toBeUndefined();
    const settle = async ({ head }: { head: { seq: number } }) => void settled.push(head.seq);
    await appendRecords('acme', noted('a', 'b', 'c'), 2, store, settle);
    expect(idsIn(store)).toEqual(['a', 'b', 'c']);
    expect(settled).toEqual([1, 2]);
    expect((await store.head('acme'))?.seq).toBe(2);
  });

  test('whose answer was lost is known by its notes', async () => {
    const store = storeOf();
    const settle = async () => {};
    await appendRecords('acme', noted('a'), 1, store, settle);
    await appendRecords('acme', noted('a'), 2, store, settle);
    expect(idsIn(store)).toEqual(['a']);
  });

  test('that was settled but for the head gets it, also when nothing is left to write', async () => {
    const store = storeOf();
    let known = 0;
    const journal = [{ id: 'run/2', records: async () => (known === 2 ? [] : [record]) }];
    const dies = { ...store, advance: () => Promise.reject(new Error('died')) };
    const settle = async () => {
      known = 2;
    };
    await expect(appendRecords('acme', journal, 1, dies, settle)).rejects.toThrow('died');
    await appendRecords('acme', journal, 2, store, async () => {});
    expect(store.objects.size).toBe(1);
    expect(await store.head('acme')).toMatchObject({ seq: 1 });
  });

  test('says nothing that another writer has said while it was made', async () => {
    const store = storeOf();
    let known = 0;
    const settle = async () => {
      known = 2;
    };
    const journal = () => ({
      id: 'run/2',
      records: async () => (known === 2 ? [] : [{ ...record, correlation_id: 'x' }]),
    });
    let interrupted = false;
    const slow = {
      ...journal(),
      records: async () => {
        const records = await journal().records();
        // The same message, at another container, and then one more object.
        if (!interrupted) {
          interrupted = true;
          await appendRecords('acme', [journal()], 1, store, settle);
          await appendRecords('acme', noted('y'), 1, store, settle);
        }
        return records;
      },
    };
    await appendRecords('acme', [slow], 2, store, settle);
    expect(idsIn(store)).toEqual(['x', 'y']);
  });

  test('has a number that only one of many writers gets', async () => {
    const store = storeOf();
    const settle = async () => {};
    const names = Array.from({ length: 6 }, (_, at) => `n${at}`);
    await Promise.all(names.map((name) => appendRecords('acme', noted(name), 1, store, settle)));
    expect(idsIn(store).toSorted()).toEqual(names);
    expect(store.objects.size).toBe(6);
    expect(await store.head('acme')).toMatchObject({ seq: 6 });
  });
});
