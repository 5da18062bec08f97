import type * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { screen, usable } from '../analysis/screen.ts';
import { CUSTOMERS, VEHICLES, type VehicleRecord } from '../fleet/records.ts';
import { changeRecord, readRecord, recordsOf } from '../fleet/store.ts';
import { CHANNELS } from '../messages/channels.ts';
import { messageId, say } from '../messages/say.ts';
import type { IntakeInput, IntakeResult } from '../task-shapes.ts';

/** Messages of a vehicle that are remembered, so that one which comes again is known. */
const REMEMBERED = 100;

/** Puts a message to what is known of its vehicle, and asks for an analysis. The same message again adds nothing. */
export async function intake(
  { message_id, vehicle_id, said_at, data }: z.output<typeof IntakeInput>,
  ctx: AgentContext,
): Promise<z.output<typeof IntakeResult>> {
  const records = recordsOf(ctx);
  const found = data ? await take(message_id, data, ctx) : await known(vehicle_id, ctx);
  const customer = data?.customer;
  if (customer)
    await changeRecord(records, CUSTOMERS, customer.customer_id, (before) => {
      // Consent that was taken back does not come back with a message that was late.
      if (said_at && before?.said_at && Date.parse(said_at) < Date.parse(before.said_at)) return { answer: undefined };
      const next = { customer, contacted_at: before?.contacted_at ?? [], ...(said_at && { said_at }) };
      return { next, answer: undefined };
    });
  await say(ctx, CHANNELS.DATA_ANALYSIS_REQUEST, {
    ...{ type: 'ANALYSIS_REQUEST', id: messageId(ctx, 'analysis'), sender: 'master_orchestrator' },
    receiver: 'data_analysis_agent',
    payload: { scope: 'vehicle', vehicle_id, readings: found.days.length, task: `${ctx.runId}/analysis` },
  });
  return { vehicle_id, ...found };
}

type Data = NonNullable<z.output<typeof IntakeInput>['data']>;
type Found = Omit<z.output<typeof IntakeResult>, 'vehicle_id'>;

function take(message: string, data: Data, ctx: AgentContext): Promise<Found> {
  const { vehicle, customer_id, customer, sensor_data, vehicle_id } = data;
  if (vehicle.vehicle_id !== vehicle_id)
    throw new DataError(
      'vehicle_contradicted',
      `the message is about ${vehicle_id}, its vehicle is ${vehicle.vehicle_id}`,
      {
        field: 'payload.vehicle.vehicle_id',
      },
    );
  if (customer && customer_id !== undefined && customer.customer_id !== customer_id)
    throw new DataError(
      'customer_contradicted',
      `the message is of ${customer_id}, its customer is ${customer.customer_id}`,
      { field: 'payload.customer.customer_id' },
    );
  const now = ctx.clock.now();
  return changeRecord<typeof VehicleRecord, Found>(recordsOf(ctx), VEHICLES, vehicle_id, (before) => {
    const days = before?.days ?? [];
    if (before?.messages.includes(message))
      return { answer: { taken: 0, issues: { duplicate: sensor_data.length }, days: usable(days) } };
    const screened = screen(days, sensor_data, now);
    const next: VehicleRecord = {
      ...(before ?? { cases: [] }),
      vehicle,
      customer_id: customer?.customer_id ?? customer_id ?? before?.customer_id ?? null,
      days: [...screened.days],
      messages: [...(before?.messages ?? []), message].slice(-REMEMBERED),
      updated_at: new Date(now).toISOString(),
    };
    return { next, answer: { taken: screened.taken, issues: { ...screened.issues }, days: [...screened.usable] } };
  });
}

async function known(vehicleId: string, ctx: AgentContext): Promise<Found> {
  const record = await readRecord(recordsOf(ctx), VEHICLES, vehicleId);
  if (!record) throw new DataError('unknown_vehicle', `nothing is known of ${vehicleId}`, { field: 'vehicle_id' });
  return { taken: 0, issues: {}, days: usable(record.days) };
}
