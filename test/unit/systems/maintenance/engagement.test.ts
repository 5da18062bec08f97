import { describe, expect, test } from '@jest/globals';
import { engagementId } from '../../../../lambdas/systems/maintenance/engagement/engage.ts';
import { isQuiet, nextAllowed } from '../../../../lambdas/systems/maintenance/engagement/quiet-hours.ts';
import { readAnswer } from '../../../../lambdas/systems/maintenance/engagement/read-answer.ts';
import type { Customer } from '../../../../lambdas/systems/maintenance/fleet/shapes.ts';
import {
  ANN,
  CHANNELS,
  DAY_MS,
  type MaintenanceFleet,
  maintenanceFleet,
  START,
  sensorDays,
  vehicleData,
  wornBrakes,
} from './support/test-fleet.ts';

const HOUR_MS = 3_600_000;

describe('quiet hours', () => {
  test('are those of the wall clock where the customer is, over midnight and when clocks are changed', () => {
    const quiet = (iso: string, customer: Customer = ANN): boolean => isQuiet(customer, Date.parse(iso));
    expect(quiet('2026-01-15T06:59:00Z')).toBe(true); // 7:59 in Berlin
    expect(quiet('2026-01-15T07:00:00Z')).toBe(false);
    expect(quiet('2026-01-15T20:00:00Z')).toBe(true);
    expect(quiet('2026-07-15T19:30:00Z')).toBe(true); // 21:30, in summer time
    expect(quiet('2026-07-15T19:30:00Z', { ...ANN, time_zone: 'America/New_York' })).toBe(false);
    expect(quiet('2026-01-15T03:00:00Z', { ...ANN, quiet_hours: { from: '00:00', to: '00:00' } })).toBe(false);
  });

  test('are over to the minute', () => {
    const customer = { ...ANN, quiet_hours: { from: '20:10', to: '08:07' } };
    const night = Date.parse('2026-03-28T23:00:00Z'); // clocks go forward in Berlin at 1:00 UTC
    expect(new Date(nextAllowed(customer, night)).toISOString()).toBe('2026-03-29T06:07:00.000Z');
    expect(nextAllowed(customer, START)).toBe(START);
  });
});

test.each([
  ['Yes please!', 'yes'],
  ['JA, gerne', 'yes'],
  ['no thanks', 'no'],
  ['Not now, maybe next week', 'later'],
  ['später', 'later'],
  ['yes and no', 'unclear'],
  ['What does it cost?', 'unclear'],
  ['knows nothing', 'unclear'],
  ['Please do not book anything', 'unclear'],
  ["Don't book", 'unclear'],
  ['I have sold it, please remove me', 'unclear'],
  ['Is it okay to drive?', 'unclear'],
  ['', 'unclear'],
])('an answer "%s" means %s', (text, meaning) => expect(readAnswer(text)).toBe(meaning));

/** A fleet in which Ann's brakes are nearly gone. */
async function worn(customer: Partial<Customer> = {}, hour = 0): Promise<MaintenanceFleet> {
  const fleet = await maintenanceFleet();
  await fleet.advance(hour * HOUR_MS);
  await fleet.tell(
    CHANNELS.VEHICLE_DATA_INPUT,
    vehicleData('m-1', sensorDays(30, wornBrakes), { customer: { ...ANN, ...customer } }),
  );
  return fleet;
}
const letters = ({ said }: MaintenanceFleet): string[] =>
  said.flatMap(({ payload }) => (typeof payload.content === 'string' ? [payload.content] : []));
const outcome = async (fleet: MaintenanceFleet): Promise<unknown> =>
  (await fleet.look(fleet.runOf('m-1'))).tasks.engagement?.result;
let answers = 0;
const answer = (fleet: MaintenanceFleet, text: string): Promise<void> => {
  answers += 1;
  const engagement_id = engagementId(fleet.runOf('m-1'));
  return fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
    type: 'CUSTOMER_ENGAGEMENT',
    id: `answer-${answers}`,
    payload: { engagement_id, answer: text },
  });
};
const question = async (fleet: MaintenanceFleet): Promise<string> =>
  Object.values((await fleet.look(fleet.runOf('m-1'))).tasks).find(
    ({ id, status }) => id.includes('-ask-') && status === 'suspended',
  )?.id ?? '';

describe('a customer', () => {
  test('who has not agreed to it is not written to, and the case is closed', async () => {
    const fleet = await worn({ consent: false });
    expect((await fleet.ended(fleet.runOf('m-1'))).status).toBe('completed');
    expect(await outcome(fleet)).toMatchObject({ outcome: 'no_consent', contacts: 0 });
    expect(letters(fleet)).toEqual([]);
    expect(await fleet.vehicle('VEH-12345')).toMatchObject({ stage: 'no_consent' });
  });

  test('is left alone at night, and written to when the quiet hours are over', async () => {
    const fleet = await worn({}, 13); // 23:00 in Berlin
    expect(letters(fleet)).toEqual([]);
    await fleet.advance(9 * HOUR_MS - 60_000);
    expect(letters(fleet)).toEqual([]);
    await fleet.advance(120_000);
    expect(letters(fleet)).toHaveLength(1);
  });

  test('who says no is believed, and left alone for the time of the snooze unless it concerns safety', async () => {
    const fleet = await worn();
    await answer(fleet, 'no thanks');
    expect((await fleet.ended(fleet.runOf('m-1'))).tasks.scheduling?.status).toBe('skipped');
    expect(await outcome(fleet)).toMatchObject({ outcome: 'declined', contacts: 1 });
    expect(await fleet.vehicle('VEH-12345')).toMatchObject({ stage: 'declined', outcome: 'declined' });
  });

  test('who says later is asked again days later, with a reminder', async () => {
    const fleet = await worn();
    await answer(fleet, 'later');
    await fleet.advance(3 * DAY_MS - HOUR_MS);
    expect(letters(fleet)).toHaveLength(1);
    await fleet.advance(2 * HOUR_MS);
    expect(letters(fleet)).toEqual([expect.stringMatching(/^Dear Ann/), expect.stringMatching(/^Reminder: Dear Ann/)]);
    await answer(fleet, 'ok');
    expect(await outcome(fleet)).toMatchObject({ outcome: 'accepted', contacts: 2 });
  });

  test('who never answers gets another letter, then a person is asked to call; silence is never a yes', async () => {
    const fleet = await worn();
    await fleet.advance(2 * DAY_MS + HOUR_MS);
    expect(letters(fleet)).toHaveLength(2);
    const silence = fleet.said.filter(({ channel }) => channel === CHANNELS.SYSTEM_TIMEOUT);
    expect(silence.map(({ payload }) => payload.status)).toEqual(['unanswered', 'unanswered']);
    expect(await question(fleet)).not.toBe('');
    await fleet.advance(3 * DAY_MS + HOUR_MS);
    expect(await outcome(fleet)).toMatchObject({ outcome: 'silent', contacts: 2 });
  });

  test('whose answer nobody understands is called by a person, whose answer counts', async () => {
    const fleet = await worn();
    await answer(fleet, 'What does it cost?');
    const asked = fleet.events.findLast(({ name }) => name === 'decision_requested')?.detail;
    expect(asked).toMatchObject({ question: expect.stringContaining('What does it cost?'), to: 'service desk' });
    const digest = asked && 'digest' in asked && typeof asked.digest === 'string' ? { digest: asked.digest } : {};
    await fleet.decide(fleet.runOf('m-1'), await question(fleet), 'accepted', 'desk', digest);
    expect(await outcome(fleet)).toMatchObject({ outcome: 'accepted' });
  });

  test('who takes the consent back after a letter gets no other', async () => {
    const fleet = await worn();
    const customer = { ...ANN, consent: false };
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-2', sensorDays(1), { customer }));
    await fleet.advance(2 * DAY_MS);
    expect(letters(fleet)).toHaveLength(1);
    expect(await outcome(fleet)).toMatchObject({ outcome: 'no_consent', contacts: 1 });
  });

  test('whose consent was taken back gets no letter by an older message that comes late', async () => {
    const fleet = await worn();
    const before = fleet.platform.clock.now() - 120_000;
    const customer = { ...ANN, consent: false };
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-2', sensorDays(1), { customer }));
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, { ...vehicleData('m-3', sensorDays(1)), now: before });
    await fleet.advance(2 * DAY_MS);
    expect(letters(fleet)).toHaveLength(1);
  });

  test('who has not answered is left alone for the time of the snooze', async () => {
    const fleet = await maintenanceFleet();
    const weak = (day: number) => ({ gearbox_temp_c: 74.5 + 36 * (day / 29) ** 2 + 0.01 * day });
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(30, weak)));
    await fleet.advance(6 * DAY_MS);
    expect(await outcome(fleet)).toMatchObject({ outcome: 'silent' });
    await fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
      ...{ type: 'ANALYSIS_REQUEST', id: 'm-2', payload: { scope: 'vehicle', vehicle_id: 'VEH-12345' } },
    });
    const { tasks } = await fleet.ended(fleet.runOf('m-2'));
    expect(tasks.decide?.result).toMatchObject({ act: false, why: 'the customer has not answered' });
    expect(letters(fleet)).toHaveLength(2);
  });

  test('gets no second letter for what a duplicate of the message says, nor while there is a case', async () => {
    const fleet = await worn();
    const again = vehicleData('m-1', sensorDays(30, wornBrakes));
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, again);
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, { ...again, id: 'm-2' });
    expect(letters(fleet)).toHaveLength(1);
    const second = await fleet.ended(fleet.runOf('m-2'));
    expect(second.tasks.decide?.result).toMatchObject({ act: false, why: 'there is a case already: engagement' });
    expect(second.tasks.intake?.result).toMatchObject({ taken: 0, issues: { duplicate: 30 } });
  });
});
