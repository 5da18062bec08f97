import { describe, expect, test } from '@jest/globals';
import { memoryObjectStore } from '../../../../lambdas/adapters/memory/memory-object-store.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { engagementId } from '../../../../lambdas/systems/maintenance/engagement/engage.ts';
import type { Feedback } from '../../../../lambdas/systems/maintenance/fleet/shapes.ts';
import { closeWords, keepWord, type Word } from '../../../../lambdas/systems/maintenance/fleet/words.ts';
import {
  CHANNELS,
  DAY_MS,
  type MaintenanceFleet,
  maintenanceFleet,
  sensorDays,
  vehicleData,
  wornBrakes,
} from './support/test-fleet.ts';

const VEHICLE = 'VEH-12345';

/** A fleet with a case that the customer has answered. */
async function answered(text: string): Promise<MaintenanceFleet> {
  const fleet = await maintenanceFleet();
  await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(30, wornBrakes)));
  await answer(fleet, 'a-1', text);
  return fleet;
}

const answer = (fleet: MaintenanceFleet, id: string, text: string): Promise<void> =>
  fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
    ...{ type: 'CUSTOMER_ENGAGEMENT', id },
    payload: { engagement_id: engagementId(fleet.runOf('m-1')), answer: text },
  });

const bookingOf = async (fleet: MaintenanceFleet): Promise<string> =>
  (await fleet.vehicle(VEHICLE))?.booking?.booking_id ?? '';
const feedback = (fleet: MaintenanceFleet, id: string, payload: Partial<Feedback> & { booking_id: string }) =>
  fleet.tell(CHANNELS.FEEDBACK_INPUT, { type: 'FEEDBACK', id, payload });
const ackOf = ({ said }: MaintenanceFleet, id: string): unknown[] =>
  said.filter(({ payload }) => payload.acknowledged_message_id === id).map(({ payload }) => payload.status);
const processed = ({ said }: MaintenanceFleet) => said.filter(({ channel }) => channel === CHANNELS.FEEDBACK_PROCESSED);
const rejected = ({ events }: MaintenanceFleet) => events.filter(({ name }) => name === 'workflow_rejected');
const worn = { part: 'brake_pads', worn: true } as const;

describe('feedback', () => {
  test('of the customer after that of the garage counts as well, and takes nothing back', async () => {
    const fleet = await answered('yes');
    const booking_id = await bookingOf(fleet);
    await feedback(fleet, 'f-1', { booking_id, found: worn });
    await fleet.ended(fleet.runOf('m-1'));
    await feedback(fleet, 'f-2', { booking_id, rating: 2, comment: 'Nobody was there.' });
    await fleet.ended(fleet.runOf('f-2/late'));

    expect(ackOf(fleet, 'f-2')).toEqual(['received']);
    expect(rejected(fleet)).toEqual([]);
    expect(processed(fleet).map(({ payload }) => payload.rating)).toEqual([undefined, 2]);
    expect(await fleet.vehicle(VEHICLE)).toMatchObject({
      cases: [{ part: 'brake_pads', confirmed: true }],
      feedback: { rating: 2, comment: 'Nobody was there.', found: worn },
    });
  });

  test('that comes after 45 days counts like any other, once', async () => {
    const fleet = await answered('yes');
    const booking_id = await bookingOf(fleet);
    await fleet.advance(46 * DAY_MS);
    expect((await fleet.ended(fleet.runOf('m-1'))).status).toBe('completed');
    expect(await fleet.vehicle(VEHICLE)).toMatchObject({ stage: 'done', cases: [{ confirmed: null }] });
    for (const _ of ['once', 'again']) await feedback(fleet, 'f-1', { booking_id, rating: 4, found: worn });

    expect((await fleet.ended(fleet.runOf('f-1/late'))).status).toBe('completed');
    expect(await fleet.vehicle(VEHICLE)).toMatchObject({ cases: [{ confirmed: true }], feedback: { rating: 4 } });
    expect(processed(fleet)).toHaveLength(1);
    expect(rejected(fleet)).toEqual([]);
  }, 60_000);

  test('on a visit whose run was cancelled is noted, and the vehicle may have a case again', async () => {
    const fleet = await answered('yes');
    const booking_id = await bookingOf(fleet);
    await fleet.cancel(fleet.runOf('m-1'));
    await fleet.ended(fleet.runOf('m-1'));
    expect(await fleet.vehicle(VEHICLE)).not.toHaveProperty('open_run');
    await feedback(fleet, 'f-1', { booking_id, found: worn });
    await fleet.ended(fleet.runOf('f-1/late'));
    expect(await fleet.vehicle(VEHICLE)).toMatchObject({ stage: 'given up', cases: [{ confirmed: true }] });
  });

  test('that nobody can mean is refused: twenty are kept of a visit', async () => {
    const fleet = await answered('yes');
    const engagement_id = engagementId(fleet.runOf('m-1'));
    const bucket = memoryObjectStore(createMeter());
    const word = (number: number): Word => ({ message_id: `w-${number}`, correlation_id: 'c', payload: {} });
    for (let number = 0; number < 20; number += 1)
      expect(await keepWord(bucket, engagement_id, word(number))).toBe('kept');
    expect(await keepWord(bucket, engagement_id, word(20))).toBe('full');
  });
});

describe('an answer', () => {
  const asked = ({ events }: MaintenanceFleet) =>
    events.flatMap(({ name, detail }) => (name === 'decision_requested' ? [detail] : []));

  test('after the engagement has ended is read by a person', async () => {
    const fleet = await answered('no thanks');
    await fleet.ended(fleet.runOf('m-1'));
    await answer(fleet, 'a-2', 'I have thought about it: yes');
    expect(ackOf(fleet, 'a-2')).toEqual(['received']);
    expect(asked(fleet)).toMatchObject([
      { workflow_id: fleet.runOf('a-2/late'), question: expect.stringContaining('I have thought about it: yes') },
    ]);
    expect(rejected(fleet)).toEqual([]);
  });

  test('to a visit that is booked already is read by a person, though the run goes on', async () => {
    const fleet = await answered('yes');
    await answer(fleet, 'a-2', 'Please cancel my visit');
    expect((await fleet.look(fleet.runOf('m-1'))).status).toBe('running');
    expect(asked(fleet)).toMatchObject([{ question: expect.stringContaining('Please cancel my visit') }]);
  });

  test('that comes while a person is to call counts, when nobody has called', async () => {
    const fleet = await answered('What does it cost?');
    await answer(fleet, 'a-2', 'yes');
    await fleet.advance(3 * DAY_MS + 3_600_000);
    expect((await fleet.look(fleet.runOf('m-1'))).tasks.engagement?.result).toMatchObject({ outcome: 'accepted' });
    expect(await fleet.vehicle(VEHICLE)).toMatchObject({ stage: 'booked' });
  });
});

test('a word and the end of its run exclude each other: it is among what closing finds, or it is told to be late', async () => {
  for (let round = 0; round < 50; round += 1) {
    const bucket = memoryObjectStore(createMeter());
    const word: Word = { message_id: 'w', correlation_id: 'c', payload: {} };
    const [kept, unread] = await Promise.all(
      round % 2 === 0
        ? [keepWord(bucket, 'BKG-1', word), closeWords(bucket, 'BKG-1')]
        : [closeWords(bucket, 'BKG-1'), keepWord(bucket, 'BKG-1', word)].toReversed(),
    );
    expect([kept, unread]).toEqual(kept === 'kept' ? ['kept', [word]] : ['late', []]);
    expect(await keepWord(bucket, 'BKG-1', word)).toBe('late');
  }
});
