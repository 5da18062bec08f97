import type { JsonObject } from '../../lambdas/contracts/json.ts';
import type { ObjectStore } from '../../lambdas/runtime/ports.ts';
import { engagementId } from '../../lambdas/systems/maintenance/engagement/engage.ts';
import { ENGAGEMENTS, VEHICLES, type VehicleRecord } from '../../lambdas/systems/maintenance/fleet/records.ts';
import type { Customer, Part, Reading } from '../../lambdas/systems/maintenance/fleet/shapes.ts';
import { readRecord, recordsOf } from '../../lambdas/systems/maintenance/fleet/store.ts';
import { type GeneratedVehicle, generateFleet } from '../../lambdas/systems/maintenance/generator/fleet.ts';
import { diceOf } from '../../lambdas/systems/maintenance/learning/dice.ts';
import { CHANNELS, type ChannelOf } from '../../lambdas/systems/maintenance/messages/channels.ts';
import { type Draft, messageOf } from '../../lambdas/systems/maintenance/messages/message.ts';
import type { MessageType } from '../../lambdas/systems/maintenance/messages/message-types.ts';

const DAY_MS = 86_400_000;
/** Days that a vehicle has driven before anybody looks at it. */
const HISTORY_DAYS = 30;
/** A part that is so worn when a garage looks at it was rightly replaced. */
const WORN = 0.6;
/** Agents are looked after this often; when so many looks show nothing new, they are done. */
const ROUND_MS = 1_500;
const STILL_ROUNDS = 3;
const MOST_ROUNDS = 60;
/** What customers answer, and how often; undefined: nothing at all. */
const ANSWERS: ReadonlyArray<readonly [share: number, text: string | undefined]> = [
  [0.68, 'Yes please'],
  [0.12, 'No thanks'],
  [0.1, 'Later, I am busy'],
  [0.06, 'What would it cost me?'],
  [0.04, undefined],
];

/** What vehicles and customers are played on. */
export interface FleetStage {
  /** ms */
  now(): number;
  publish(channel: string, detail: JsonObject): Promise<void>;
  bucket(name: string): ObjectStore;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  say(text: string): void;
  readonly signal: AbortSignal;
}

export interface PlayOptions {
  readonly vehicles: number;
  /** Days that are played after the vehicles' history. */
  readonly days: number;
  /** Days' seconds in a second. */
  readonly speed: number;
  readonly seed: number;
}

/** What was played, and what the truth was that only the generator knows. */
export interface Played {
  readonly messages: number;
  readonly answers: Readonly<Record<string, number>>;
  /** Parts that garages looked at, and those of them that were worn. */
  readonly visits: number;
  readonly rightly: number;
  /** Parts that failed on the road. */
  readonly breakdowns: number;
  readonly vehicles: readonly VehicleRecord[];
}

/**
 * Plays vehicles, customers and garages: each vehicle sends its history and then a message a day, customers answer what they
 * are written, garages say what they found. The last day played is today, so that no reading is from the future.
 */
export async function playFleet({ vehicles, days, speed, seed }: PlayOptions, stage: FleetStage): Promise<Played> {
  const session = `fleet-${seed}-${stage.now().toString(36)}`;
  const name = stage.now().toString(36).toUpperCase();
  const from = Math.floor(stage.now() / DAY_MS) * DAY_MS - (HISTORY_DAYS + days) * DAY_MS;
  const fleet = generateFleet({ vehicles, seed, from }).map((vehicle) => asPlayed(vehicle, name, stage.now()));
  const world = {
    fleet,
    stage,
    session,
    seed,
    tally: newTally(),
    answered: new Set<string>(),
    seen: new Set<string>(),
  };
  for (const vehicle of fleet) await drive(vehicle, HISTORY_DAYS, 0, world);
  stage.say(`${vehicles} vehicles have told ${HISTORY_DAYS} days each`);
  await settle(world, MOST_ROUNDS);
  for (let day = 1; day <= days && !stage.signal.aborted; day += 1) {
    for (const vehicle of fleet) await drive(vehicle, 1, day, world);
    await settle(world, day === days ? MOST_ROUNDS : 4);
    await stage.pass(DAY_MS / speed);
    const { messages, visits, breakdowns } = world.tally;
    stage.say(`day ${day} of ${days}: ${messages} messages, ${visits} visits, ${breakdowns} breakdowns`);
  }
  return { ...world.tally, vehicles: await knownOf(world) };
}

interface Tally {
  messages: number;
  visits: number;
  rightly: number;
  breakdowns: number;
  readonly answers: Record<string, number>;
}
const newTally = (): Tally => ({ messages: 0, visits: 0, rightly: 0, breakdowns: 0, answers: {} });

interface World {
  readonly fleet: readonly GeneratedVehicle[];
  readonly stage: FleetStage;
  readonly session: string;
  readonly seed: number;
  readonly tally: Tally;
  /** Letters that were answered, visits that were reported on. */
  readonly answered: Set<string>;
  readonly seen: Set<string>;
}

const recordsIn = (stage: FleetStage) => recordsOf({ tenant: 'default', bucket: (name) => stage.bucket(name) });

/** What is known of the vehicles of this play: there may be thousands of earlier ones. */
async function knownOf({ fleet, stage }: World): Promise<VehicleRecord[]> {
  const AT_ONCE = 32;
  const known: VehicleRecord[] = [];
  for (let from = 0; from < fleet.length; from += AT_ONCE) {
    const some = fleet.slice(from, from + AT_ONCE);
    const found = await Promise.all(
      some.map(({ vehicle }) => readRecord(recordsIn(stage), VEHICLES, vehicle.vehicle_id)),
    );
    known.push(...found.flatMap((record) => record ?? []));
  }
  return known;
}

/**
 * Each play is a fleet of its own, with names of its own: what is known of earlier ones does not contradict it. Nobody waits for
 * a demonstration until morning: quiet hours are as long as ever, and begin when it is night here.
 */
function asPlayed(generated: GeneratedVehicle, name: string, now: number): GeneratedVehicle {
  const hour = (ahead: number): string => `${String((new Date(now).getUTCHours() + ahead) % 24).padStart(2, '0')}:00`;
  const own = (id: string): string => id.replace('-', `-${name}-`);
  const vehicle = { ...generated.vehicle, vehicle_id: own(generated.vehicle.vehicle_id) };
  const customer: Customer = {
    ...generated.customer,
    customer_id: own(generated.customer.customer_id),
    ...{ time_zone: 'UTC', quiet_hours: { from: hour(9), to: hour(20) } },
  };
  return { ...generated, vehicle, customer };
}

async function drive(vehicle: GeneratedVehicle, days: number, day: number, world: World): Promise<void> {
  const sensor_data: Reading[] = [];
  for (let at = 0; at < days; at += 1) {
    const { reading, failed } = vehicle.nextDay();
    sensor_data.push(reading);
    for (const part of failed) {
      // Before anybody looked at it, it was replaced by the roadside like any other.
      if (day > 0) world.tally.breakdowns += 1;
      vehicle.repair(part);
    }
  }
  const { vehicle_id } = vehicle.vehicle;
  const { customer_id } = vehicle.customer;
  world.tally.messages += 1;
  await tell(world, CHANNELS.VEHICLE_DATA_INPUT, {
    ...{ type: 'VEHICLE_DATA', id: `${world.session}/${vehicle_id}/${day}` },
    payload: { vehicle_id, customer_id, vehicle: vehicle.vehicle, customer: vehicle.customer, sensor_data },
  });
}

function tell<T extends MessageType>(
  { stage }: World,
  channel: ChannelOf,
  draft: Pick<Draft<T>, 'type' | 'id' | 'payload'>,
): Promise<void> {
  const common = { sender: 'external_system', receiver: 'master_orchestrator', correlationId: draft.id } as const;
  return stage.publish(channel, messageOf({ ...common, ...draft, now: stage.now() }));
}

/** Lets the agents work, and answers what they ask, until nothing moves any more, or for so many rounds. */
async function settle(world: World, most: number): Promise<void> {
  const { stage, fleet } = world;
  const byId = new Map(fleet.map((vehicle) => [vehicle.vehicle.vehicle_id, vehicle]));
  let before = '';
  let still = 0;
  for (let round = 0; round < most && still < STILL_ROUNDS && !stage.signal.aborted; round += 1) {
    await stage.pass(ROUND_MS);
    const known = await knownOf(world);
    for (const record of known) {
      const vehicle = byId.get(record.vehicle.vehicle_id);
      if (vehicle) await attend(vehicle, record, world);
    }
    const now = JSON.stringify(known.map(({ stage: at, days, diagnosis }) => [at, days.length, diagnosis?.reason]));
    const complete = known.length === fleet.length && known.every(({ diagnosis }) => diagnosis !== undefined);
    still = complete && now === before ? still + 1 : 0;
    before = now;
  }
}

async function attend(vehicle: GeneratedVehicle, record: VehicleRecord, world: World): Promise<void> {
  if (!record.open_run) return;
  if (record.stage === 'booked') return visit(vehicle, record, world);
  const id = engagementId(record.open_run);
  const engagement = await readRecord(recordsIn(world.stage), ENGAGEMENTS, id);
  const letter = engagement?.letters.at(-1);
  if (!letter || world.answered.has(`${id}/${letter.number}`)) return;
  world.answered.add(`${id}/${letter.number}`);
  const answer = answerOf(world, vehicle, letter.number);
  world.tally.answers[answer ?? 'silence'] = (world.tally.answers[answer ?? 'silence'] ?? 0) + 1;
  if (answer !== undefined)
    await tell(world, CHANNELS.EXTERNAL_REQUEST, {
      ...{ type: 'CUSTOMER_ENGAGEMENT', id: `${world.session}/${id}/${letter.number}` },
      payload: { engagement_id: id, answer },
    });
}

/** The same whoever is written to first. */
function answerOf({ fleet, seed }: World, vehicle: GeneratedVehicle, letter: number): string | undefined {
  let at = diceOf(seed)
    .fork(`letter ${letter} to ${fleet.indexOf(vehicle)}`)
    .next();
  for (const [share, text] of ANSWERS) {
    at -= share;
    if (at < 0) return text;
  }
  return undefined;
}

/** The garage looks at what it was told to, says whether it was worn, and if so puts a new one in. */
async function visit(
  vehicle: GeneratedVehicle,
  { booking, cases, open_run }: VehicleRecord,
  world: World,
): Promise<void> {
  const part: Part | undefined = cases.find(({ run_id }) => run_id === open_run)?.part;
  if (!booking || !part || world.seen.has(booking.booking_id)) return;
  world.seen.add(booking.booking_id);
  const worn = vehicle.damageOf(part) > WORN;
  world.tally.visits += 1;
  if (worn) world.tally.rightly += 1;
  if (worn) vehicle.repair(part);
  await tell(world, CHANNELS.FEEDBACK_INPUT, {
    ...{ type: 'FEEDBACK', id: `${world.session}/${booking.booking_id}` },
    payload: {
      ...{ booking_id: booking.booking_id, rating: worn ? 5 : 2, found: { part, worn } },
      comment: worn ? 'It was about to fail.' : 'It would have done for a long while.',
    },
  });
}
