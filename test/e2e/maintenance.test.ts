import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { s3ObjectStore } from '../../lambdas/adapters/aws/s3-object-store.ts';
import { engagementId } from '../../lambdas/systems/maintenance/engagement/engage.ts';
import { ENGAGEMENTS, VEHICLES } from '../../lambdas/systems/maintenance/fleet/records.ts';
import { readRecord, recordsOf } from '../../lambdas/systems/maintenance/fleet/store.ts';
import { CHANNELS } from '../../lambdas/systems/maintenance/messages/channels.ts';
import { messageOf } from '../../lambdas/systems/maintenance/messages/message.ts';
import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import type { BusTap } from '../support/local-cloud/bus-tap.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { TestCloud } from '../support/local-cloud/test-cloud.ts';
import { ANN, sensorDays, VAN, vehicleData, wornBrakes } from '../unit/systems/maintenance/support/test-fleet.ts';

let cloud: TestCloud;
let tap: BusTap;
const common = { sender: 'external_system', receiver: 'master_orchestrator' } as const;
const id = randomUUID();
const vehicle_id = `VEH-${id.slice(0, 8)}`;
const runId = runIdOf('default', id);
/** It is never night where this customer is. */
const customer = { ...ANN, customer_id: `CUST-${id.slice(0, 8)}`, quiet_hours: { from: '00:00', to: '00:00' } };

beforeAll(async () => {
  cloud = await TestCloud.connect();
  tap = await cloud.tap(...Object.values(CHANNELS));
});
afterAll(() => cloud?.close());

const records = () => {
  const bucket = cloud.session.target.outputs.MaintenanceFleetBucketName ?? '';
  return recordsOf({ tenant: 'default', bucket: () => s3ObjectStore(cloud.session.aws.s3, bucket) });
};
const saw = async (type: string) =>
  (await tap.read()).filter(
    ({ detail }) => (detail.header as { message_type?: string } | undefined)?.message_type === type,
  );

test('a vehicle whose brakes are nearly gone is engaged, booked and learnt from, over the seed document’s channels', async () => {
  const now = Date.now();
  const data = vehicleData(id, sensorDays(30, wornBrakes, now), { vehicle: { ...VAN, vehicle_id }, customer });
  await cloud.publish(CHANNELS.VEHICLE_DATA_INPUT, messageOf({ ...common, ...data, correlationId: id, now }));

  const engagement_id = engagementId(runId);
  const letter = await cloud.eventually(
    async () => (await readRecord(records(), ENGAGEMENTS, engagement_id))?.letters[0],
  );
  expect(letter.content).toContain('brake pads');

  const reply = { type: 'CUSTOMER_ENGAGEMENT', id: `${id}-yes`, payload: { engagement_id, answer: 'yes' } } as const;
  await cloud.publish(
    CHANNELS.EXTERNAL_REQUEST,
    messageOf({ ...common, ...reply, correlationId: id, now: Date.now() }),
  );
  const booking = await cloud.eventually(async () => (await readRecord(records(), VEHICLES, vehicle_id))?.booking);
  expect(booking).toMatchObject({ vehicle_id, spare: 'brake_pads' });

  const found = { part: 'brake_pads', worn: true } as const;
  const said = {
    type: 'FEEDBACK',
    id: `${id}-done`,
    payload: { booking_id: booking.booking_id, rating: 5, found },
  } as const;
  await cloud.publish(CHANNELS.FEEDBACK_INPUT, messageOf({ ...common, ...said, correlationId: id, now: Date.now() }));
  expect(await cloud.ended(runId)).toMatchObject({ status: 'completed' });
  expect(await readRecord(records(), VEHICLES, vehicle_id)).toMatchObject({
    stage: 'done',
    cases: [{ confirmed: true }],
  });

  // The case is closed; what the customer says of the visit counts as well.
  const later = {
    type: 'FEEDBACK',
    id: `${id}-rated`,
    payload: { booking_id: booking.booking_id, rating: 3 },
  } as const;
  await cloud.publish(CHANNELS.FEEDBACK_INPUT, messageOf({ ...common, ...later, correlationId: id, now: Date.now() }));
  const rated = await cloud.eventually(async () => {
    const feedback = (await readRecord(records(), VEHICLES, vehicle_id))?.feedback;
    return feedback?.rating === 3 ? feedback : undefined;
  });
  expect(rated).toMatchObject({ found });

  for (const type of ['ANALYSIS_REQUEST', 'ANALYSIS_RESULT', 'SCHEDULING_REQUEST', 'SCHEDULING_RESULT', 'ACK'])
    expect(
      (await cloud.eventually(async () => ((await saw(type)).length > 0 ? await saw(type) : undefined))).length,
    ).toBeGreaterThan(0);
});

test('somebody who is no agent speaks on a channel of agents: it is refused, and said', async () => {
  const forged = messageOf({
    ...{ type: 'SCHEDULING_REQUEST', id: `forged-${id}`, correlationId: `forged-${id}`, now: Date.now() },
    ...{ sender: 'master_orchestrator', receiver: 'scheduling_agent' },
    payload: { vehicle_id, part: 'battery', within_days: 3, urgency: 'soon' },
  });
  await cloud.publish(CHANNELS.SCHEDULING_REQUEST, forged);
  const error = await cloud.eventually(async () =>
    (await saw('ERROR')).find(({ detail }) => detail.correlation_id === `forged-${id}`),
  );
  expect(JSON.stringify(error.detail)).toContain('sender_not_permitted');
});

test('the command line shows the fleet', async () => {
  const { code, stdout } = await runCli(['fleet', 'status', '--json']);
  expect(code).toBe(0);
  expect(stdout).toContain(vehicle_id);
});
