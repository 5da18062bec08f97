import * as z from 'zod';
import { Booking } from '../fleet/shapes.ts';
import type { Centre } from './centres.ts';
import { localTime } from './local-time.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Visits begin at half hours. */
const STEP_MS = 30 * MINUTE_MS;
/** Nobody is asked to come at once. */
const LEAD_MS = 3 * 60 * MINUTE_MS;

/** All visits of a centre: one record, so that bays, technicians and spares are taken together or not at all. */
export const Calendar = z.object({ bookings: z.array(Booking) });
export type Calendar = z.infer<typeof Calendar>;
export const CALENDARS = { prefix: 'calendars', schema: Calendar } as const;

/** A visit that is wanted. */
export interface Wanted {
  readonly booking_id: string;
  readonly vehicle_id: string;
  readonly hours: number;
  readonly skill: string;
  readonly spare: string;
  /** ms; it must begin before. */
  readonly before: number;
}

export type Found = { readonly booking: Booking } | { readonly none: string };

/**
 * The first visit that this centre can offer: when it is open, a bay is free, a technician who can do it is, and the spare is on
 * the shelf by then. A visit takes a bay for one working day at most, and ends before closing.
 */
export function findVisit(centre: Centre, { bookings }: Calendar, wanted: Wanted, now: number): Found {
  const length = Math.min(wanted.hours * 60, centre.closes - centre.opens) * MINUTE_MS;
  const able = centre.technicians.filter(({ skills }) => skills.includes(wanted.skill));
  if (able.length === 0) return { none: `${centre.id} has nobody for ${wanted.skill}` };
  const spareAt = whenSpare(centre, bookings, wanted.spare, now);
  if (spareAt === undefined) return { none: `${centre.id} can't get a ${wanted.spare}` };
  const from = Math.ceil(Math.max(now + LEAD_MS, spareAt) / STEP_MS) * STEP_MS;
  for (let start = from; start <= wanted.before; start += STEP_MS) {
    const end = start + length;
    if (!isOpen(centre, start, end)) continue;
    const busy = bookings.filter((one) => Date.parse(one.starts_at) < end && Date.parse(one.ends_at) > start);
    const bay = centre.bays.find((name) => !busy.some((one) => one.bay === name));
    const technician = able.find(({ name }) => !busy.some((one) => one.technician === name));
    if (bay === undefined || technician === undefined) continue;
    return {
      booking: {
        ...{ booking_id: wanted.booking_id, vehicle_id: wanted.vehicle_id, centre: centre.id, bay },
        ...{ technician: technician.name, spare: wanted.spare },
        starts_at: new Date(start).toISOString(),
        ends_at: new Date(end).toISOString(),
      },
    };
  }
  return { none: `${centre.id} has no bay and technician for ${wanted.skill} in time` };
}

/** When a spare is on the shelf for one more visit, ms. What is taken is ordered again at once. */
function whenSpare(centre: Centre, bookings: Calendar['bookings'], spare: string, now: number): number | undefined {
  const taken = bookings.filter((one) => one.spare === spare && Date.parse(one.starts_at) > now).length;
  if (taken < (centre.stock[spare] ?? 0)) return now;
  const days = centre.reorderDays[spare];
  return days === undefined ? undefined : now + days * DAY_MS;
}

function isOpen({ time_zone, opens, closes }: Centre, start: number, end: number): boolean {
  const from = localTime(start, time_zone);
  const to = localTime(end, time_zone);
  const weekend = from.weekday === 0 || from.weekday === 6;
  return !weekend && from.date === to.date && from.minutes >= opens && to.minutes <= closes;
}

/** The calendar with this visit; visits that are long over are left out. */
export function withVisit({ bookings }: Calendar, booking: Booking, now: number): Calendar {
  const recent = bookings.filter((one) => Date.parse(one.ends_at) > now - 7 * DAY_MS);
  return { bookings: [...recent, booking] };
}

export function withoutVisit({ bookings }: Calendar, bookingId: string): Calendar {
  return { bookings: bookings.filter(({ booking_id }) => booking_id !== bookingId) };
}
