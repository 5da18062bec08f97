import type * as z from 'zod';
import type { JsonObject } from '../../../../../lambdas/contracts/json.ts';
import type { Agent } from '../../../../../lambdas/runtime/agent.ts';
import { agent as dataAnalysis } from '../../../../../lambdas/systems/maintenance/agents/data-analysis/agent.ts';
import { agent as diagnosis } from '../../../../../lambdas/systems/maintenance/agents/diagnosis/agent.ts';
import { agent as engagement } from '../../../../../lambdas/systems/maintenance/agents/engagement/agent.ts';
import { agent as feedback } from '../../../../../lambdas/systems/maintenance/agents/feedback/agent.ts';
import { agent as insights } from '../../../../../lambdas/systems/maintenance/agents/insights/agent.ts';
import { agent as orchestrator } from '../../../../../lambdas/systems/maintenance/agents/orchestrator/agent.ts';
import { agent as ruleAnalysis } from '../../../../../lambdas/systems/maintenance/agents/rule-analysis/agent.ts';
import { agent as scheduling } from '../../../../../lambdas/systems/maintenance/agents/scheduling/agent.ts';
import { VEHICLES, type VehicleRecord } from '../../../../../lambdas/systems/maintenance/fleet/records.ts';
import type { Customer, Reading } from '../../../../../lambdas/systems/maintenance/fleet/shapes.ts';
import {
  FLEET_BUCKET,
  type RecordKind,
  readRecord,
  recordsOf,
} from '../../../../../lambdas/systems/maintenance/fleet/store.ts';
import { CHANNELS, type ChannelOf } from '../../../../../lambdas/systems/maintenance/messages/channels.ts';
import { type Draft, messageOf } from '../../../../../lambdas/systems/maintenance/messages/message.ts';
import type { MessageType } from '../../../../../lambdas/systems/maintenance/messages/message-types.ts';
import { MAINTENANCE } from '../../../../../lambdas/systems/maintenance/system.ts';
import { createTestFleet, type TestFleetOptions } from '../../../../../lambdas/testing/test-fleet.ts';
import { runIdOf } from '../../../../../lambdas/workflow/run-identity.ts';

export const AGENTS: readonly Agent[] = [
  ...[orchestrator, dataAnalysis, ruleAnalysis, diagnosis],
  ...[engagement, scheduling, feedback, insights],
];
export const DAY_MS = 86_400_000;
/** A Thursday, ten in the morning in Berlin, on the day on which the clock of a test fleet begins. */
export const START = Date.UTC(2026, 0, 1, 9);

/** Cases last for weeks: what is due is looked for every nine minutes instead of every one. */
const SPARSE = { sweepEveryMs: 540_000, measureEveryMs: 0 };

/** What was said on the system's channels. */
export interface Said {
  readonly source: string;
  readonly channel: string;
  readonly header: { readonly message_type: string; readonly sender: string; readonly priority: number } & JsonObject;
  readonly payload: JsonObject;
}

export interface MaintenanceFleet extends Awaited<ReturnType<typeof createTestFleet>> {
  readonly said: readonly Said[];
  /** Puts a message on a channel, as somebody who is no agent, and lets happen what can. */
  tell<T extends MessageType>(
    channel: ChannelOf,
    draft: Pick<Draft<T>, 'type' | 'id' | 'payload'> & Partial<Draft<T>>,
  ): Promise<void>;
  /** The run that a vehicle's message has led to. */
  runOf(messageId: string): string;
  vehicle(id: string): Promise<VehicleRecord | undefined>;
  record<S extends z.ZodType>(kind: RecordKind<S>, id: string): Promise<z.output<S> | undefined>;
}

/** The whole system on the platform in one process. */
export async function maintenanceFleet(
  agents: readonly Agent[] = AGENTS,
  options: Omit<TestFleetOptions, 'agents' | 'workflows'> = {},
): Promise<MaintenanceFleet> {
  const fleet = await createTestFleet({ agents, workflows: MAINTENANCE.workflows, ...SPARSE, ...options });
  const { platform } = fleet;
  await fleet.advance(Math.max(0, START - platform.clock.now()));
  const said: Said[] = [];
  platform.world.bus.subscribe(({ source, detailType, detail }) => {
    if (detailType.startsWith('channel.'))
      said.push({ source, channel: detailType, ...(detail as unknown as Pick<Said, 'header' | 'payload'>) });
  });
  const records = recordsOf({ tenant: 'default', bucket: () => platform.world.bucket(FLEET_BUCKET) });
  return {
    ...fleet,
    said,
    async tell(channel, draft) {
      const common = { sender: 'external_system', receiver: 'master_orchestrator', correlationId: draft.id } as const;
      await platform.world.bus.publishToChannel(
        'vehicles',
        channel,
        messageOf({ ...common, now: platform.clock.now(), ...draft }),
      );
      await platform.time.settle();
    },
    runOf: (messageId) => runIdOf('default', messageId),
    vehicle: (id) => readRecord(records, VEHICLES, id),
    record: (kind, id) => readRecord(records, kind, id),
  };
}

export const ANN: Customer = {
  ...{ customer_id: 'CUST-001', name: 'Ann Ash', language: 'en', channel: 'app', consent: true },
  ...{ quiet_hours: { from: '21:00', to: '08:00' }, time_zone: 'Europe/Berlin' },
};
export const VAN = {
  ...{
    vehicle_id: 'VEH-12345',
    model: 'Courier 2',
    plant: 'Leipzig',
    batch: 'B-05',
    built: '2024-05-01',
    region: 'north',
  },
};

/** Days of a sound van that ends at `START`, oldest first; `change` says what is other on a day. */
export function sensorDays(
  count: number,
  change: (day: number) => Reading['signals'] = () => ({}),
  end = START,
): Reading[] {
  return Array.from({ length: count }, (_, day) => {
    // Sensors never say the same twice: a small wave that is different for each signal.
    const wave = (step: number): number => Math.sin((day + 1) * step);
    return {
      at: new Date(end - (count - 1 - day) * DAY_MS - 3_600_000).toISOString(),
      odometer_km: 50_000 + day * 120,
      signals: {
        coolant_temp_c: 82 + 0.2 * 10 + 8 * 0.5 + wave(1.1),
        ambient_temp_c: 10 + 0.1 * wave(0.7),
        load_share: 0.5,
        oil_pressure_kpa: 345 + 6 * wave(1.7),
        crank_voltage_v: 10.95 + 0.05 * wave(2.3),
        brake_pad_mm: 10 - day * 0.01,
        wheel_vibration_mm_s: 1.4 + 0.1 * wave(2.9),
        gearbox_temp_c: 74.5 + wave(3.1),
        ...change(day),
      },
    };
  });
}

/** Brake pads that are nearly gone after 30 days: 4.6 mm, then less by 0.06 a day. */
export const wornBrakes = (day: number): Reading['signals'] => ({ brake_pad_mm: 4.6 - 0.06 * day });

/** A VEHICLE_DATA message. */
export function vehicleData(
  id: string,
  sensor_data: Reading[],
  over: { customer?: Customer; vehicle?: typeof VAN } = {},
): Pick<Draft<'VEHICLE_DATA'>, 'type' | 'id' | 'payload'> {
  const { vehicle = VAN, customer = ANN } = over;
  return {
    type: 'VEHICLE_DATA',
    id,
    payload: { vehicle_id: vehicle.vehicle_id, customer_id: customer.customer_id, vehicle, customer, sensor_data },
  };
}

export { CHANNELS };
