import { describe, expect, test } from '@jest/globals';
import { engagementId } from '../../../../lambdas/systems/maintenance/engagement/engage.ts';
import type { VehicleRecord } from '../../../../lambdas/systems/maintenance/fleet/records.ts';
import {
  CHANNELS,
  DAY_MS,
  type MaintenanceFleet,
  maintenanceFleet,
  sensorDays,
  vehicleData,
  wornBrakes,
} from './support/test-fleet.ts';

describe('data of a vehicle', () => {
  test('that is well leads to an analysis and a diagnosis, and nobody is written to', async () => {
    const fleet = await maintenanceFleet();
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(30)));
    const run = await fleet.ended(fleet.runOf('m-1'));

    expect(run.status).toBe('completed');
    expect(run.result?.decide).toMatchObject({ act: false, why: 'nothing is wrong', urgency: 'none' });
    expect(run.tasks.analysis?.agent).toBe('maintenance-data-analysis');
    expect(fleet.said.map(({ header }) => header.message_type)).not.toContain('CUSTOMER_ENGAGEMENT');
  });

  test('whose brakes are nearly gone leads to a letter, a yes, a visit, feedback and insights, all in the seed messages', async () => {
    const fleet = await maintenanceFleet();
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(30, wornBrakes)));
    const runId = fleet.runOf('m-1');
    const engagement_id = engagementId(runId);
    const letter = fleet.said.find(({ payload }) => typeof payload.content === 'string');
    expect(letter).toMatchObject({
      channel: CHANNELS.CUSTOMER_ENGAGEMENT_RESULT,
      header: { sender: 'customer_engagement_agent', priority: 4 },
      payload: { engagement_id, channel: 'app', content: expect.stringContaining('brake pads') },
    });

    await fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
      ...{ type: 'CUSTOMER_ENGAGEMENT', id: 'm-2', payload: { engagement_id, answer: 'Yes please!' } },
    });
    const booked = (await fleet.look(runId)).tasks.scheduling?.result;
    expect(booked).toMatchObject({
      reason: '',
      booking: { centre: 'north-1', spare: 'brake_pads', technician: 'Nils' },
    });
    expect(await fleet.vehicle('VEH-12345')).toMatchObject({ stage: 'booked', outcome: 'accepted', open_run: runId });

    const { booking_id } = (await fleet.vehicle('VEH-12345'))?.booking ?? { booking_id: '' };
    await fleet.advance(3 * 86_400_000);
    await fleet.tell(CHANNELS.FEEDBACK_INPUT, {
      ...{ type: 'FEEDBACK', id: 'm-3', payload: { booking_id, rating: 5, found: { part: 'brake_pads', worn: true } } },
    });
    const run = await fleet.ended(runId);
    expect(run.status).toBe('completed');
    expect(run.tasks.feedback?.result).toMatchObject({ part: 'brake_pads', confirmed: true, sentiment: 'good' });
    const vehicle = await fleet.vehicle('VEH-12345');
    expect(vehicle).toMatchObject({ stage: 'done', cases: [{ part: 'brake_pads', confirmed: true }] });
    expect(vehicle).not.toHaveProperty('open_run');

    await fleet.advance(120_000);
    expect([...new Set(fleet.said.map(({ header }) => header.message_type))].toSorted()).toEqual(
      [
        ...['VEHICLE_DATA', 'ANALYSIS_REQUEST', 'ANALYSIS_RESULT', 'CUSTOMER_ENGAGEMENT', 'SCHEDULING_REQUEST'],
        ...['SCHEDULING_RESULT', 'FEEDBACK', 'MANUFACTURING_INSIGHT', 'ACK'],
      ].toSorted(),
    );
  });

  test('after a part was replaced does not call the new one worn, whatever the old one had shown', async () => {
    const fleet = await maintenanceFleet();
    const { days } = await repaired(fleet, true);
    expect(days.every(({ signals }) => signals.brake_pad_mm === null)).toBe(true);
    await fleet.tell(
      CHANNELS.VEHICLE_DATA_INPUT,
      vehicleData(
        'm-9',
        sensorDays(1, () => ({ brake_pad_mm: 12 }), fleet.platform.clock.now()),
      ),
    );
    const next = await fleet.ended(fleet.runOf('m-9'));
    expect(next.tasks.decide?.result).toMatchObject({ act: false, why: 'nothing is wrong' });
  });

  test('of a part that a garage has just found sound is believed to the garage for two weeks', async () => {
    const fleet = await maintenanceFleet();
    await repaired(fleet, false);
    await fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
      ...{ type: 'ANALYSIS_REQUEST', id: 'm-9', payload: { scope: 'vehicle', vehicle_id: 'VEH-12345' } },
    });
    const next = await fleet.ended(fleet.runOf('m-9'));
    expect(next.tasks.decide?.result).toMatchObject({ act: false, why: 'a garage has just looked at it' });
  });
});

/** Brakes that are nearly gone by what they show, a yes, a visit, and what the garage has found. */
async function repaired(fleet: MaintenanceFleet, worn: boolean): Promise<VehicleRecord> {
  await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(30, wornBrakes)));
  const runId = fleet.runOf('m-1');
  await fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
    ...{ type: 'CUSTOMER_ENGAGEMENT', id: 'm-2', payload: { engagement_id: engagementId(runId), answer: 'yes' } },
  });
  const { booking_id } = (await fleet.vehicle('VEH-12345'))?.booking ?? { booking_id: '' };
  await fleet.advance(DAY_MS);
  await fleet.tell(CHANNELS.FEEDBACK_INPUT, {
    ...{ type: 'FEEDBACK', id: 'm-3', payload: { booking_id, found: { part: 'brake_pads', worn } } },
  });
  await fleet.ended(runId);
  const record = await fleet.vehicle('VEH-12345');
  if (!record) throw new Error('the vehicle is not known');
  return record;
}
