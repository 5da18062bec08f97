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

/** What the vehicles of a group have in common. */
const TRAITS = ['batch', 'plant', 'model'] as const;
type Traits = Partial<Pick<Vehicle, (typeof TRAITS)[number]>>;
/** By what vehicles are compared, the most exact first: what a group explains, its halves need not be told again. */
const GROUPS: ReadonlyArray<(vehicle: Vehicle) => Traits> = [
  ({ batch, plant }) => ({ batch, plant }),
  ({ batch }) => ({ batch }),
  ({ plant }) => ({ plant }),
  ({ model }) => ({ model }),
];
const wordsFor = (traits: Traits): string =>
  Object.entries(traits)
    .map(([trait, value]) => `${trait} ${value}`)
    .join(' of ');

/**
 * Which parts were found worn more often in some batch, plant or model than in the rest of the fleet, beyond chance. A vehicle
 * counts once for a part; only what a garage has confirmed is a case.
 */
export function fleetInsights(fleet: readonly VehicleRecord[]): Insights {
  const worn = new Map(PARTS.map((part) => [part, fleet.filter((one) => hasCase(one, part))]));
  const asked = GROUPS.flatMap((traitsOf) => {
    const all = grouped(fleet, traitsOf);
    return PARTS.flatMap((part) => {
      const cases = worn.get(part) ?? [];
      const inGroups = grouped(cases, traitsOf);
      return [...all].map(([group, { traits, count }]) => {
        const inside = { cases: inGroups.get(group)?.count ?? 0, of: count };
        const outside = { cases: cases.length - inside.cases, of: fleet.length - count };
        return { part, group, traits, inside, outside, p: fisher(inside, outside) };
      });
    });
  });
  const qs = adjusted(asked.map(({ p }) => p));
  const affected = withoutShadows(
    asked
      .map((one, at) => ({ ...one, q: qs[at] ?? 1 }))
      .filter(({ q, inside }) => q <= LARGEST_Q && inside.cases >= LEAST_CASES)
      .sort((a, b) => a.q - b.q || b.inside.cases / b.inside.of - a.inside.cases / a.inside.of),
  ).map(
    ({ part, group, inside, outside, q }): Affected => ({
      ...{ part, group, cases: inside.cases, vehicles: inside.of },
      ...{ elsewhere_cases: outside.cases, elsewhere_vehicles: outside.of, q },
    }),
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

/** How many vehicles there are of each group, by its name. */
function grouped(
  vehicles: readonly VehicleRecord[],
  traitsOf: (vehicle: Vehicle) => Traits,
): Map<string, { readonly traits: Traits; count: number }> {
  const groups = new Map<string, { readonly traits: Traits; count: number }>();
  for (const { vehicle } of vehicles) {
    const traits = traitsOf(vehicle);
    const group = groups.get(wordsFor(traits)) ?? { traits, count: 0 };
    group.count += 1;
    groups.set(wordsFor(traits), group);
  }
  return groups;
}

/** Of groups that lie in one another only the one with the strongest evidence is told. @param affected strongest first */
function withoutShadows<T extends { readonly part: Part; readonly traits: Traits }>(affected: readonly T[]): T[] {
  const liesIn = (inner: Traits, outer: Traits): boolean =>
    TRAITS.every((trait) => outer[trait] === undefined || inner[trait] === outer[trait]);
  return affected.filter(
    ({ part, traits }, at) =>
      !affected
        .slice(0, at)
        .some(
          (stronger) => stronger.part === part && (liesIn(stronger.traits, traits) || liesIn(traits, stronger.traits)),
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
