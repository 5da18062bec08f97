import type { VehicleRecord } from '../../lambdas/systems/maintenance/fleet/records.ts';
import type { Played } from '../fleet/play-fleet.ts';
import { paint, table } from './text.ts';

/** What came of a fleet that was played, held against the truth that only its generator knows. */
export function fleetOutcome({ messages, answers, visits, rightly, breakdowns, vehicles }: Played): string {
  const found = vehicles.filter(({ cases }) => cases.length > 0);
  const count = (is: (vehicle: VehicleRecord) => boolean): string => String(vehicles.filter(is).length);
  const rows = [
    ['vehicles', String(vehicles.length)],
    ['messages', String(messages)],
    ['vehicles with a predicted failure', String(found.length)],
    ['customers who said yes', count(({ outcome }) => outcome === 'accepted')],
    ['customers who said no', count(({ outcome }) => outcome === 'declined')],
    ['customers who had not agreed to be written to', count(({ stage }) => stage === 'no_consent')],
    ['visits', String(visits)],
    [
      'of them with a part that was really worn',
      `${rightly}${visits > 0 ? ` (${Math.round((100 * rightly) / visits)} %)` : ''}`,
    ],
    ['parts that failed on the road', String(breakdowns)],
  ];
  const said = Object.entries(answers).map(([text, times]) => `${times} × "${text}"`);
  return [paint.bold('what came of it'), table(['', ''], rows), `answers: ${said.join(', ') || 'none'}`].join('\n');
}
