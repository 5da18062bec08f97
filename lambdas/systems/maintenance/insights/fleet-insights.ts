import type * as z from 'zod';
import type { VehicleRecord } from '../fleet/records.ts';
import { PARTS, type Part, type Vehicle } from '../fleet/shapes.ts';
import type { InsightsResult } from '../task-shapes.ts';
import { adjusted, fisher } from './significance.ts';

type Insights = z.output<typeof InsightsResult>;
type Affected = Insights['affected_components'][number];

/** So rare are false alarms among what is told to the factory. */
const LARGEST_Q = 0.05;
/** Fewer cases are no reason to stop a line, however unlikely they are. */
const LEAST_CASES = 3;

/** By what vehicles are compared, the most exact first: what a group explains, its halves need not be told again. */
const GROUPS: ReadonlyArray<(vehicle: Vehicle) => string> = [
  ({ batch, plant }) => `batch ${batch} of plant ${plant}`,
  ({ batch }) => `batch ${batch}`,
  ({ plant }) => `plant ${plant}`,
  ({ model }) => `model ${model}`,
];

/**
 * Which parts were found worn more often in some batch, plant or model than in the rest of the fleet, beyond chance. A vehicle
 * counts once for a part; only what a garage has confirmed is a case.
 */
export function fleetInsights(fleet: readonly VehicleRecord[]): Insights {
  const worn = new Map(PARTS.map((part) => [part, fleet.filter((one) => hasCase(one, part))]));
  const asked = PARTS.flatMap((part) =>
    GROUPS.flatMap((groupOf) =>
      [...new Set(fleet.map(({ vehicle }) => groupOf(vehicle)))].map((group) =>
        compared(part, group, groupOf, fleet, worn.get(part) ?? []),
      ),
    ),
  );
  const qs = adjusted(asked.map(({ p }) => p));
  const affected = withoutShadows(
    asked
      .map(({ p: _p, ...one }, at): Affected => ({ ...one, q: qs[at] ?? 1 }))
      .filter(({ q, cases }) => q <= LARGEST_Q && cases >= LEAST_CASES)
      .sort((a, b) => a.q - b.q || b.cases / b.vehicles - a.cases / a.vehicles),
  );
  const cases = PARTS.reduce((sum, part) => sum + (worn.get(part)?.length ?? 0), 0);
  return {
    ...{ vehicles: fleet.length, cases, affected_components: affected },
    insights: affected.map(insightOf),
    recommendations: affected.map(
      ({ part, group }) =>
        `Inspect the ${name(part)} of ${group}; hold back spares of the same delivery until that is done.`,
    ),
  };
}

const hasCase = ({ cases }: VehicleRecord, part: Part): boolean =>
  cases.some((one) => one.part === part && one.confirmed === true);

function compared(
  part: Part,
  group: string,
  groupOf: (vehicle: Vehicle) => string,
  fleet: readonly VehicleRecord[],
  worn: readonly VehicleRecord[],
): Omit<Affected, 'q'> & { readonly p: number } {
  const isIn = ({ vehicle }: VehicleRecord): boolean => groupOf(vehicle) === group;
  const inside = { cases: worn.filter(isIn).length, of: fleet.filter(isIn).length };
  const outside = { cases: worn.length - inside.cases, of: fleet.length - inside.of };
  return {
    ...{ part, group, cases: inside.cases, vehicles: inside.of },
    ...{ elsewhere_cases: outside.cases, elsewhere_vehicles: outside.of, p: fisher(inside, outside) },
  };
}

/** Of groups that lie in one another only the one with the strongest evidence is told. */
function withoutShadows(affected: readonly Affected[]): Affected[] {
  return affected.filter(
    ({ part, group }, at) =>
      !affected
        .slice(0, at)
        .some(
          (stronger) => stronger.part === part && (stronger.group.includes(group) || group.includes(stronger.group)),
        ),
  );
}

function insightOf({ part, group, cases, vehicles, elsewhere_cases, elsewhere_vehicles, q }: Affected): string {
  const rate = (some: number, of: number): string =>
    `${some} of ${of} (${((100 * some) / Math.max(1, of)).toFixed(1)} %)`;
  return (
    `${name(part)}: worn early in ${rate(cases, vehicles)} of ${group}, elsewhere in ` +
    `${rate(elsewhere_cases, elsewhere_vehicles)}; q = ${q.toPrecision(2)}`
  );
}

const name = (part: Part): string => part.replaceAll('_', ' ');
