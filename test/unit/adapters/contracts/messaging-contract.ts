import { describe, expect, test } from '@jest/globals';
import { someName, someRunId, type World } from './ports-under-test.ts';

/** Bus, lifecycle and secrets: ports that speak to somebody else. */
export function messagingContract(world: World): void {
  describe('a bus', () => {
    test('publishes any number of events under their source', async () => {
      const { bus, eventsOf } = world();
      const source = `muster.agent.${someName('agent')}`;
      const detail = (i: number) => ({
        ...{ workflow_id: someRunId(), tenant: 'acme', participants: [`agent-${i}`], broadcast: false },
        coordination_type: 'workflow_start',
      });
      const details = Array.from({ length: 23 }, (_, i) => detail(i));
      await bus.publish(
        source,
        details.map((each) => ({ name: 'coordination' as const, detail: each })),
      );
      const events = await eventsOf(source, 23);
      expect(new Set(events.map(({ detailType }) => detailType))).toEqual(new Set(['coordination']));
      const participants = events.map((event) => JSON.stringify(event.detail.participants)).sort();
      expect(participants).toEqual(details.map((each) => JSON.stringify(each.participants)).sort());
    });

    test('publishes on a channel: its name is the detail-type', async () => {
      const { bus, eventsOf } = world();
      const source = `muster.agent.${someName('agent')}`;
      await bus.publishToChannel(source, 'channel.data_analysis.request', { rows: 3 });
      const published = { detailType: 'channel.data_analysis.request', detail: { rows: 3 } };
      expect(await eventsOf(source, 1)).toEqual([published]);
    });

    test('counts the hands that a channel message has been through in its detail', async () => {
      const { bus, eventsOf } = world();
      const source = `muster.agent.${someName('agent')}`;
      await bus.publishToChannel(source, 'channel.data_analysis.request', { rows: 3 }, 2);
      expect((await eventsOf(source, 1)).map(({ detail }) => detail)).toEqual([{ rows: 3, muster_hops: 2 }]);
    });
  });

  describe('a lifecycle', () => {
    test('starts one execution per run, however often it is asked', async () => {
      const { lifecycle, executionsOf } = world();
      const run = someRunId();
      await lifecycle.start(run, { start_message: '{}', timeout_seconds: 60 });
      await lifecycle.start(run, { start_message: '{}', timeout_seconds: 60 });
      expect(await executionsOf(run)).toBe(1);
    });

    test('ignores answers to a token that nobody waits for', async () => {
      const { lifecycle } = world();
      const error = { code: 'late', class: 'system' as const, message: 'too late' };
      await expect(lifecycle.succeed('no-such-token', { done: true })).resolves.toBeUndefined();
      await expect(lifecycle.fail('no-such-token', error)).resolves.toBeUndefined();
    });
  });

  describe('secrets', () => {
    test('are read by name', async () => {
      const { secrets, secret } = world();
      expect(await secrets.get(secret.name)).toBe(secret.value);
    });

    test('that are not there are unavailable, and the error names them', async () => {
      const { secrets } = world();
      const missing = { code: 'secret_unavailable', class: 'system', message: expect.stringContaining('no-such') };
      await expect(secrets.get('no-such-secret')).rejects.toMatchObject(missing);
    });
  });
}
