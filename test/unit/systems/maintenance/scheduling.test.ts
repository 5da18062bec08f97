import { describe, expect, test } from '@jest/globals';
import { memoryObjectStore } from '../../../../lambdas/adapters/memory/memory-object-store.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import type { AgentContext } from '../../../../lambdas/runtime/agent.ts';
import { engagementId } from '../../../../lambdas/systems/maintenance/engagement/engage.ts';
import { changeRecord, FLEET_BUCKET, recordsOf } from '../../../../lambdas/systems/maintenance/fleet/store.ts';
import {
  CALENDARS,
  type Calendar,
  findVisit,
  type Wanted,
  withVisit,
} from '../../../../lambdas/systems/maintenance/scheduling/calendar.ts';
import { CENTRES, type Centre } from '../../../../lambdas/systems/maintenance/scheduling/centres.ts';
import { schedule } from '../../../../lambdas/systems/maintenance/scheduling/schedule.ts';
import {
  ANN,
  CHANNELS,
  DAY_MS,
  maintenanceFleet,
  START,
  sensorDays,
  VAN,
  vehicleData,
  wornBrakes,
} from './support/test-fleet.ts';

const [NORTH] = CENTRES as readonly [Centre, ...Centre[]];
const wanted: Wanted = {
  ...{ booking_id: 'BKG-1', vehicle_id: 'VEH-1', hours: 1.5, skill: 'chassis', spare: 'brake_pads' },
  before: START + 3 * DAY_MS,
};
const empty: Calendar = { bookings: [] };
const startOf = (found: ReturnType<typeof findVisit>): string =>
  'booking' in found ? found.booking.starts_at : found.none;

describe('a visit', () => {
  test('is the first that there is a bay, a technician and a spare for', () => {
    expect(findVisit(NORTH, empty, wanted, START)).toEqual({
      booking: expect.objectContaining({ bay: 'N1', technician: 'Nils', starts_at: '2026-01-01T12:00:00.000Z' }),
    });
  });

  test('begins and ends while the centre is open, by its own clock, and not on a weekend', () => {
    const lateFriday = Date.UTC(2026, 0, 2, 14); // 15:00 in Berlin; three hours ahead it is too late for 1.5 hours
    expect(startOf(findVisit(NORTH, empty, { ...wanted, before: lateFriday + 7 * DAY_MS }, lateFriday))).toBe(
      '2026-01-05T07:00:00.000Z',
    );
  });

  test('waits for a spare that has to be ordered, and there is none where it can not be had', () => {
    const bare = { ...NORTH, stock: {} };
    expect(startOf(findVisit(bare, empty, wanted, START))).toBe('2026-01-02T09:00:00.000Z');
    expect(findVisit({ ...bare, reorderDays: {} }, empty, wanted, START)).toEqual({
      none: "north-1 can't get a brake_pads",
    });
    expect(findVisit(NORTH, empty, { ...wanted, skill: 'painting' }, START)).toEqual({
      none: 'north-1 has nobody for painting',
    });
  });

  test('takes the one technician who can do it, so that the next waits although there are bays', () => {
    const first = findVisit(NORTH, empty, wanted, START);
    if (!('booking' in first)) throw new Error(first.none);
    const then = withVisit(empty, first.booking, START);
    expect(startOf(findVisit(NORTH, then, { ...wanted, booking_id: 'BKG-2' }, START))).toBe('2026-01-01T13:30:00.000Z');
  });
});

/** Visits of one calendar of which two have the same bay or the same technician at one time. */
function clashes({ bookings }: Calendar): string[] {
  return bookings.flatMap((one, at) =>
    bookings.slice(at + 1).flatMap((other) => {
      const together = one.starts_at < other.ends_at && other.starts_at < one.ends_at;
      const shared = one.bay === other.bay || one.technician === other.technician;
      return together && shared ? [`${one.booking_id} and ${other.booking_id}`] : [];
    }),
  );
}

describe('at the same time', () => {
  test('forty who want the same slot get forty different ones: whoever comes second looks anew', async () => {
    const bucket = memoryObjectStore(createMeter());
    let lost = 0;
    const slow: typeof bucket = {
      ...bucket,
      // Everybody reads before anybody writes.
      readVersion: async (key) => {
        const found = await bucket.readVersion(key);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return found;
      },
      replace: async (key, body, version) => {
        const won = await bucket.replace(key, body, version);
        if (!won) lost += 1;
        return won;
      },
    };
    const records = recordsOf({ tenant: 'default', bucket: () => slow });
    const book = (number: number): Promise<boolean> =>
      changeRecord(records, CALENDARS, NORTH.id, (known = empty) => {
        const found = findVisit(
          NORTH,
          known,
          { ...wanted, booking_id: `BKG-${number}`, before: START + 30 * DAY_MS },
          START,
        );
        return 'booking' in found ? { next: withVisit(known, found.booking, START), answer: true } : { answer: false };
      }).catch(() => book(number));
    expect(await Promise.all(Array.from({ length: 40 }, (_, number) => book(number)))).toEqual(Array(40).fill(true));
    const { body = '' } = (await bucket.readVersion('calendars/north-1.json')) ?? {};
    const calendar = CALENDARS.schema.parse(JSON.parse(body));
    expect(new Set(calendar.bookings.map(({ booking_id }) => booking_id)).size).toBe(40);
    expect(clashes(calendar)).toEqual([]);
    expect(lost).toBeGreaterThan(0);
  });

  test('two attempts at one case book one visit, though neither has seen the other', async () => {
    const bucket = memoryObjectStore(createMeter());
    const slow: typeof bucket = {
      ...bucket,
      readVersion: async (key) => {
        const found = await bucket.readVersion(key);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return found;
      },
    };
    const attempt = (number: number) =>
      schedule(
        {
          vehicle_id: 'VEH-1',
          diagnosis: {
            ...{ vehicle_id: 'VEH-1', part: 'brake_pads', urgency: 'soon', reason: '', evidence: [], within_days: 21 },
            ...{ hours: 1.5, skill: 'chassis', spare: 'brake_pads' },
          },
        },
        {
          ...{ runId: 'run_1', taskId: 'scheduling', attempt: number, tenant: 'default', correlationId: 'c' },
          clock: { now: () => START },
          bucket: () => slow,
          publish: async () => {},
        } as unknown as AgentContext,
      );
    const [one, other] = await Promise.all([attempt(1), attempt(2)]);
    expect(one).toEqual(other);
    const calendars = await bucket.list('calendars/');
    const bodies = await Promise.all(calendars.map(({ key }) => bucket.readVersion(key)));
    expect(bodies.flatMap((found) => CALENDARS.schema.parse(JSON.parse(found?.body ?? '')).bookings)).toHaveLength(1);
  });

  test('two customers say yes to what only one can have: each gets a visit of their own', async () => {
    const fleet = await maintenanceFleet();
    for (const number of [1, 2]) {
      const vehicle = { ...VAN, vehicle_id: `VEH-${number}` };
      const customer = { ...ANN, customer_id: `CUST-${number}` };
      await fleet.tell(
        CHANNELS.VEHICLE_DATA_INPUT,
        vehicleData(`m-${number}`, sensorDays(30, wornBrakes), { vehicle, customer }),
      );
    }
    await Promise.all(
      [1, 2].map((number) => {
        const engagement_id = engagementId(fleet.runOf(`m-${number}`));
        return fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
          type: 'CUSTOMER_ENGAGEMENT',
          id: `yes-${number}`,
          payload: { engagement_id, answer: 'yes' },
        });
      }),
    );
    const calendar = await fleet.record(CALENDARS, 'north-1');
    expect(calendar?.bookings).toHaveLength(2);
    expect(clashes(calendar ?? empty)).toEqual([]);
  });
});

test('a run that is cancelled after its visit was booked takes the visit back', async () => {
  const fleet = await maintenanceFleet();
  await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(30, wornBrakes)));
  const runId = fleet.runOf('m-1');
  await fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
    ...{ type: 'CUSTOMER_ENGAGEMENT', id: 'yes', payload: { engagement_id: engagementId(runId), answer: 'yes' } },
  });
  expect((await fleet.record(CALENDARS, 'north-1'))?.bookings).toHaveLength(1);
  await fleet.cancel(runId);
  expect((await fleet.ended(runId)).status).toBe('cancelled');
  expect((await fleet.record(CALENDARS, 'north-1'))?.bookings).toEqual([]);
  const { payload } = fleet.said.findLast(({ channel }) => channel === CHANNELS.SCHEDULING_RESULT) ?? {};
  expect(payload).toMatchObject({ booking: null, reason: expect.stringMatching(/^visit BKG-\w+ was cancelled$/) });
  const vehicle = await fleet.vehicle('VEH-12345');
  expect(vehicle).toMatchObject({ stage: 'given up' });
  expect(vehicle).not.toHaveProperty('booking');
});

test('without a visit in time a person is asked, and the case ends with what was agreed', async () => {
  const fleet = await maintenanceFleet();
  const bucket = fleet.platform.world.bucket(FLEET_BUCKET);
  for (const { id, technicians } of CENTRES) {
    // Everybody is busy for a month.
    const bookings = technicians.map(({ name }, number) => ({
      ...{ booking_id: `BKG-${name}`, vehicle_id: 'VEH-0', centre: id, bay: `none-${number}`, technician: name },
      spare: 'none',
      starts_at: new Date(START).toISOString(),
      ends_at: new Date(START + 30 * DAY_MS).toISOString(),
    }));
    await bucket.write(`calendars/${id}.json`, JSON.stringify({ bookings }));
  }
  await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(30, wornBrakes)));
  const runId = fleet.runOf('m-1');
  await fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
    ...{ type: 'CUSTOMER_ENGAGEMENT', id: 'yes', payload: { engagement_id: engagementId(runId), answer: 'yes' } },
  });
  const asked = fleet.events.findLast(({ name }) => name === 'decision_requested')?.detail;
  expect(asked).toMatchObject({ question: expect.stringMatching(/^No visit for VEH-12345: north-1 has no bay/) });
  const digest = asked && 'digest' in asked && typeof asked.digest === 'string' ? { digest: asked.digest } : {};
  await fleet.decide(runId, 'no_slot', 'booked by hand', 'desk', digest);
  const run = await fleet.ended(runId);
  expect(run.status).toBe('completed');
  expect(run.tasks.visit?.status).toBe('skipped');
  expect(await fleet.vehicle('VEH-12345')).toMatchObject({ stage: 'no slot: booked by hand' });
});
