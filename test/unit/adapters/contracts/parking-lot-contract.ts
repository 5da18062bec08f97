import { describe, expect, test } from '@jest/globals';
import type { ParkedMessage } from '../../../../lambdas/runtime/ports.ts';
import { someName, type World } from './ports-under-test.ts';

const DAY = 86_400_000;
/** Later than other tests' messages, so that these come first. */
const T0 = Date.UTC(2090, 0, 1);
const parked = (overrides: Partial<ParkedMessage> = {}): ParkedMessage => ({
  parkedId: someName('parked'),
  queue: 'etl-extractor-standard',
  at: T0,
  tenant: 'acme',
  messageId: 'message-1',
  messageType: 'task_assignment',
  reason: 'received 3 times',
  body: '{"header":{}}',
  ...overrides,
});

export function parkingLotContract(world: World): void {
  describe('a parking lot', () => {
    test('lists what was parked, newest first across days, no more than asked for', async () => {
      const { parkingLot } = world();
      const [first, second, third] = [
        parked(),
        parked({ at: T0 + 60_000, runId: 'run_1', flowId: 'flow_1', taskId: 'task-1' }),
        parked({ at: T0 + 3 * DAY, body: 'not JSON: "\u0000☂' }),
      ];
      for (const message of [second, third, first]) await parkingLot.park(message);
      expect(await parkingLot.list(3)).toEqual([third, second, first]);
      expect(await parkingLot.list(1)).toEqual([third]);
    });

    test('parks a message once, whatever the time it comes again', async () => {
      const { parkingLot } = world();
      const message = parked({ at: T0 + 10 * DAY });
      await parkingLot.park(message);
      await parkingLot.park({ ...message, at: T0 + 11 * DAY });
      const found = (await parkingLot.list(50)).filter(({ parkedId }) => parkedId === message.parkedId);
      expect(found).toEqual([message]);
    });

    test('lists a message no more that was repaired', async () => {
      const { parkingLot } = world();
      const [repaired, left] = [parked({ at: T0 + 15 * DAY }), parked({ at: T0 + 15 * DAY })];
      for (const message of [repaired, left]) await parkingLot.park(message);
      await parkingLot.remove(repaired);
      await parkingLot.remove(repaired);
      const ids = (await parkingLot.list(50)).map(({ parkedId }) => parkedId);
      expect([ids.includes(repaired.parkedId), ids.includes(left.parkedId)]).toEqual([false, true]);
    });

    test('lists those of a tenant, however many others have more', async () => {
      const { parkingLot } = world();
      const [acme, noisy] = [someName('acme'), someName('noisy')];
      const own = [parked({ tenant: acme, at: T0 - 5 * DAY }), parked({ tenant: acme, at: T0 - 3 * DAY })];
      for (const message of own) await parkingLot.park(message);
      for (let count = 0; count < 5; count++) await parkingLot.park(parked({ tenant: noisy, at: T0 + 30 * DAY }));
      expect(await parkingLot.list(2, acme)).toEqual([...own].reverse());
      for (const message of own) await parkingLot.remove(message);
      expect(await parkingLot.list(2, acme)).toEqual([]);
      expect(await parkingLot.list(9, noisy)).toHaveLength(5);
    });

    test('keeps a body that is larger than an item', async () => {
      const { parkingLot } = world();
      const message = parked({ at: T0 + 20 * DAY, body: '☂ '.repeat(240_000) });
      await parkingLot.park(message);
      const found = (await parkingLot.list(50)).find(({ parkedId }) => parkedId === message.parkedId);
      expect(found?.body === message.body).toBe(true);
    });
  });
}
