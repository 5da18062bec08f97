import { describe, expect, test } from '@jest/globals';
import { agentSource } from '../../../../lambdas/contracts/bus-events.ts';
import { messageOf } from '../../../../lambdas/systems/maintenance/messages/message.ts';
import { CHANNELS, maintenanceFleet, START, sensorDays, VAN, vehicleData, wornBrakes } from './support/test-fleet.ts';

const errorsOf = ({ said }: { said: readonly { channel: string; payload: object }[] }) =>
  said.filter(({ channel }) => channel === CHANNELS.SYSTEM_ERROR).map(({ payload }) => payload);

describe('bad input', () => {
  test('a message that is none is answered with an error that says where, and starts nothing', async () => {
    const fleet = await maintenanceFleet();
    const message = vehicleData('m-1', [{ at: 'yesterday', signals: {} }]);
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, message);
    expect(errorsOf(fleet)).toMatchObject([
      { error_code: 'message_invalid', error_type: 'validation', field: 'payload.sensor_data.0.at', stack_trace: null },
    ]);
    expect(fleet.events.filter(({ name }) => name === 'workflow_started')).toEqual([]);
  });

  test('a signal that nobody knows, and words where a number should be, cost their vehicle nothing else', async () => {
    const fleet = await maintenanceFleet();
    const odd = sensorDays(30, (day) => ({
      ...(wornBrakes(day) as object),
      ...(JSON.parse('{"tyre_pressure": 2.4, "oil_pressure_kpa": "NaN"}') as object),
    }));
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', odd));
    const { tasks } = await fleet.look(fleet.runOf('m-1'));
    expect(tasks.intake?.result).toMatchObject({ taken: 30, issues: { missing: 30 } });
    expect(tasks.diagnosis?.result).toMatchObject({ part: 'brake_pads' });
  });

  test('a customer whose name is no name is refused, and the vehicle stays readable', async () => {
    const fleet = await maintenanceFleet();
    const { payload, ...draft } = vehicleData('m-1', sensorDays(3));
    const { customer: _none, ...without } = payload;
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, { ...draft, payload: { ...without, customer_id: '../who?' } });
    expect(errorsOf(fleet)).toMatchObject([{ error_code: 'message_invalid', field: 'payload.customer_id' }]);
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-2', sensorDays(3)));
    expect((await fleet.ended(fleet.runOf('m-2'))).status).toBe('completed');
  });

  test('an error that comes too late, or from nobody, is not answered with an error by each who hears it', async () => {
    const fleet = await maintenanceFleet();
    const forged = messageOf({
      ...{ type: 'ERROR', id: 'x-1', correlationId: 'x', sender: 'scheduling_agent', receiver: 'master_orchestrator' },
      payload: { error_code: 'e', error_type: 'system', message: 'm', stack_trace: null },
      now: START,
    });
    await fleet.platform.world.bus.publishToChannel('somebody', CHANNELS.SYSTEM_ERROR, forged);
    await fleet.platform.time.settle();
    expect(errorsOf(fleet).slice(1)).toMatchObject([{ error_code: 'sender_not_permitted' }]);
  });

  test('a vehicle of which every sensor is broken is looked at by the rules, which say that nothing can be told', async () => {
    const fleet = await maintenanceFleet();
    const broken = sensorDays(20).map((day) => ({ ...day, signals: { coolant_temp_c: -9_999 } }));
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', broken));
    const run = await fleet.ended(fleet.runOf('m-1'));
    expect(run.tasks.analysis).toMatchObject({
      agent: 'maintenance-rule-analysis',
      result: { model: 'rules', confidence: 0, part: null },
    });
    expect(run.tasks.diagnosis?.result).toMatchObject({ reason: 'no usable readings: nothing can be told' });
    expect(run.tasks.decide?.result).toMatchObject({ act: false });
  });

  test('a vehicle that is hardly known is judged by the rules, after the learned models have said that they can not', async () => {
    const fleet = await maintenanceFleet();
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(5)));
    const run = await fleet.ended(fleet.runOf('m-1'));
    expect(run.tasks.analysis?.agent).toBe('maintenance-rule-analysis');
    expect(errorsOf(fleet)).toMatchObject([{ error_code: 'too_little_known', error_type: 'processing' }]);
  });

  test('a message whose vehicle is another than it says fails its run with the field', async () => {
    const fleet = await maintenanceFleet();
    const { payload, ...draft } = vehicleData('m-1', sensorDays(3));
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, {
      ...draft,
      payload: { ...payload, vehicle: { ...VAN, vehicle_id: 'VEH-9' } },
    });
    const run = await fleet.ended(fleet.runOf('m-1'));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'vehicle_contradicted' } });
    expect(await fleet.vehicle('VEH-9')).toBeUndefined();
  });

  test('a message whose customer is another than it says fails its run, and tells nothing of either', async () => {
    const fleet = await maintenanceFleet();
    const { payload, ...draft } = vehicleData('m-1', sensorDays(3));
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, { ...draft, payload: { ...payload, customer_id: 'CUST-9' } });
    const run = await fleet.ended(fleet.runOf('m-1'));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'customer_contradicted' } });
    expect(await fleet.vehicle('VEH-12345')).toBeUndefined();
  });

  test('a message whose time is over starts nothing, and is an error of time', async () => {
    const fleet = await maintenanceFleet();
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, { ...vehicleData('m-1', sensorDays(3)), now: START - 600_000 });
    expect(errorsOf(fleet)).toMatchObject([{ error_code: 'message_expired', error_type: 'timeout' }]);
    expect(await fleet.vehicle('VEH-12345')).toBeUndefined();
  });

  test('feedback for nothing, and an answer to nothing, are refused and said', async () => {
    const fleet = await maintenanceFleet();
    await fleet.tell(CHANNELS.FEEDBACK_INPUT, {
      type: 'FEEDBACK',
      id: 'f-1',
      payload: { booking_id: 'BKG-0000000000000000', rating: 1 },
    });
    await fleet.tell(CHANNELS.FEEDBACK_INPUT, {
      type: 'FEEDBACK',
      id: 'f-2',
      payload: { booking_id: '../vehicles/VEH-1' },
    });
    await fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
      type: 'CUSTOMER_ENGAGEMENT',
      id: 'a-1',
      payload: { engagement_id: 'ENG-1', answer: 'yes' },
    });
    expect(errorsOf(fleet)).toMatchObject([
      { error_code: 'feedback_for_nothing' },
      { error_code: 'feedback_for_nothing' },
      { error_code: 'customer_reply_for_nothing' },
    ]);
    const acks = fleet.said.filter(({ header }) => header.message_type === 'ACK');
    expect(acks.map(({ payload }) => payload.status)).toEqual(['refused', 'refused', 'refused']);
  });

  test('a look at a vehicle that nobody knows fails with that reason', async () => {
    const fleet = await maintenanceFleet();
    await fleet.tell(CHANNELS.EXTERNAL_REQUEST, {
      type: 'ANALYSIS_REQUEST',
      id: 'a-1',
      payload: { scope: 'vehicle', vehicle_id: 'VEH-404' },
    });
    expect(await fleet.ended(fleet.runOf('a-1'))).toMatchObject({
      status: 'failed',
      error: { code: 'unknown_vehicle' },
    });
  });
});

describe('somebody who tries to break in', () => {
  test('speaks as the orchestrator without being an agent: the workers refuse it, and say so', async () => {
    const fleet = await maintenanceFleet();
    const forged = messageOf({
      ...{
        type: 'SCHEDULING_REQUEST',
        id: 'x-1',
        correlationId: 'x',
        sender: 'master_orchestrator',
        receiver: 'scheduling_agent',
      },
      payload: { vehicle_id: 'VEH-1', part: 'battery', within_days: 3, urgency: 'soon' },
      now: START,
    });
    await fleet.platform.world.bus.publishToChannel('somebody', CHANNELS.SCHEDULING_REQUEST, forged);
    await fleet.platform.time.settle();
    expect(errorsOf(fleet)).toMatchObject([{ error_code: 'sender_not_permitted' }]);
    expect(fleet.said.filter(({ header }) => header.message_type === 'ACK')).toEqual([]);
  });

  test('puts an event under the source of an agent without its signature: nobody acts on it', async () => {
    const fleet = await maintenanceFleet();
    const forged = messageOf({
      ...{
        type: 'SCHEDULING_REQUEST',
        id: 'x-2',
        correlationId: 'x',
        sender: 'master_orchestrator',
        receiver: 'scheduling_agent',
      },
      payload: { vehicle_id: 'VEH-1', part: 'battery', within_days: 3, urgency: 'soon' },
      now: START,
    });
    await fleet.platform.world.bus.publishToChannel(
      agentSource('maintenance-orchestrator'),
      CHANNELS.SCHEDULING_REQUEST,
      forged,
    );
    await fleet.platform.time.settle();
    expect(fleet.said.slice(1)).toEqual([]);
  });

  test('is told nothing: an agent does not hear itself, though it listens to the channel that it speaks on', async () => {
    const heard: string[] = [];
    const log = (name: string) => ({
      debug() {},
      info: (text: string, fields?: object) =>
        void (text === 'an error elsewhere' && heard.push(`${name} ${JSON.stringify(fields)}`)),
      warn() {},
      error() {},
    });
    const fleet = await maintenanceFleet(undefined, { logger: log('worker') });
    // The learned agent gives up and says ERROR: the seven others hear it, the orchestrator as its own business.
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(5)));
    await fleet.ended(fleet.runOf('m-1'));
    expect(errorsOf(fleet)).toHaveLength(1);
    expect(heard).toHaveLength(6);
  });
});
