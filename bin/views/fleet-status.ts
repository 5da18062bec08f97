import type { VehicleRecord } from '../../lambdas/systems/maintenance/fleet/records.ts';
import type { OpenDecision } from '../../lambdas/views/open-decisions.ts';
import { paint, table } from './text.ts';

/** What waits for a person in a run. */
export interface Waiting {
  readonly runId: string;
  readonly decisions: readonly OpenDecision[];
}

const SHOWN = 25;

/** Vehicles at risk and why, visits to come, and what waits for a person. @param now ms */
export function fleetStatus(vehicles: readonly VehicleRecord[], waiting: readonly Waiting[], now: number): string {
  const atRisk = vehicles
    .filter(({ diagnosis }) => diagnosis && diagnosis.urgency !== 'none')
    .sort((a, b) => (b.analysis?.risk ?? 0) - (a.analysis?.risk ?? 0));
  const booked = vehicles
    .flatMap(({ booking }) => (booking && Date.parse(booking.ends_at) > now ? booking : []))
    .sort((a, b) => (a.starts_at < b.starts_at ? -1 : 1));
  const questions = waiting.flatMap(({ runId, decisions }) => decisions.map((one) => ({ runId, ...one })));
  return [
    `${vehicles.length} vehicles, ${atRisk.length} at risk, ${booked.length} booked, ${questions.length} questions for a person`,
    ...section(
      'at risk',
      atRisk.length,
      ['vehicle', 'urgency', 'part', 'risk', 'days left', 'case', 'why'],
      atRisk.map(riskRow),
    ),
    ...section(
      'bookings',
      booked.length,
      ['vehicle', 'when', 'centre', 'bay', 'technician', 'spare'],
      booked.map((one) => [one.vehicle_id, minute(one.starts_at), one.centre, one.bay, one.technician, one.spare]),
    ),
    ...section(
      'waits for a person',
      questions.length,
      ['run', 'task', 'question'],
      questions.map(({ runId, task, question }) => [runId.slice(0, 12), task, cut(question, 90)]),
    ),
  ].join('\n');
}

function riskRow({ vehicle, diagnosis, analysis, stage }: VehicleRecord): string[] {
  const { urgency = '', part = null, reason = '' } = diagnosis ?? {};
  const risk = analysis ? `${Math.round(analysis.risk * 100)} %` : '';
  const left = analysis ? String(Math.round(analysis.rul_days)) : '';
  const words = (part ?? '').replaceAll('_', ' ');
  const why = reason.split('; ').slice(1).join('; ');
  return [
    vehicle.vehicle_id,
    urgency === 'safety' ? paint.red(urgency) : urgency,
    words,
    risk,
    left,
    stage ?? '',
    cut(why, 80),
  ];
}

function section(title: string, count: number, head: string[], rows: string[][]): string[] {
  if (count === 0) return [];
  const more = count > SHOWN ? [paint.dim(`… and ${count - SHOWN} more; --json has all`)] : [];
  return ['', paint.bold(title), table(head, rows.slice(0, SHOWN)), ...more];
}

const minute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;
const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
