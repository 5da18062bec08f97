import type { Json } from '../../../contracts/json.ts';
import type { Claim, Conflict } from './shapes.ts';

/** Numbers this near, relative to the larger one, mean the same. */
const SAME_NUMBER = 0.001;

/** What was chosen for a field, and those who say so. */
export interface Chosen {
  readonly field: string;
  readonly value: Json;
  readonly claims: readonly Claim[];
}

/**
 * One value for each field. Claims that mean the same stand together, and their confidences add up; the heaviest side wins.
 * Between sides of the same weight more voices decide, then the parts that are preferred, then the order of the parts: that
 * is for a person to know. Losers stay visible, each with what spoke against it.
 */
export function resolve(
  claims: readonly Claim[],
  prefer: readonly string[],
): { readonly chosen: readonly Chosen[]; readonly conflicts: readonly Conflict[] } {
  const chosen: Chosen[] = [];
  const conflicts: Conflict[] = [];
  for (const [field, all] of Map.groupBy(claims, (claim) => claim.field)) {
    const sides = sidesOf(all).sort(
      (one, other) =>
        other.weight - one.weight ||
        other.claims.length - one.claims.length ||
        rankOf(one, prefer) - rankOf(other, prefer) ||
        one.first - other.first,
    );
    const [winner, ...losers] = sides;
    if (!winner) continue;
    chosen.push({ field, value: winner.value, claims: winner.claims });
    if (losers.length > 0) conflicts.push(conflictOf(field, winner, losers, prefer));
  }
  return { chosen, conflicts };
}

interface Side {
  readonly value: Json;
  readonly claims: readonly Claim[];
  readonly weight: number;
  /** Place of its first claim. */
  readonly first: number;
}

function sidesOf(claims: readonly Claim[]): Side[] {
  const groups: Array<{ claims: Claim[]; first: number }> = [];
  for (const [at, claim] of claims.entries()) {
    const group = groups.find(({ claims: [head] }) => head && isSame(head.value, claim.value));
    if (group) group.claims.push(claim);
    else groups.push({ claims: [claim], first: at });
  }
  return groups.map(({ claims: voices, first }) => {
    // Of those who mean the same, the surest says it.
    const [surest] = [...voices].sort((one, other) => other.confidence - one.confidence);
    const weight = voices.reduce((sum, { confidence }) => sum + confidence, 0);
    return { value: surest?.value ?? null, claims: voices, weight: Math.round(weight * 1e6) / 1e6, first };
  });
}

/** Whether two values mean the same, whatever their case and spacing, and for numbers up to a thousandth. */
export function isSame(one: Json, other: Json): boolean {
  if (typeof one === 'number' && typeof other === 'number')
    return Math.abs(one - other) <= SAME_NUMBER * Math.max(Math.abs(one), Math.abs(other));
  return folded(one) === folded(other);
}

const folded = (value: Json): string =>
  typeof value === 'string'
    ? value
        .toLowerCase()
        .replaceAll(/[\s.,;:!?]+/g, ' ')
        .trim()
    : JSON.stringify(value);

const rankOf = ({ claims }: Side, prefer: readonly string[]): number =>
  Math.min(...claims.map(({ part }) => (prefer.includes(part) ? prefer.indexOf(part) : prefer.length)));

function conflictOf(field: string, winner: Side, losers: readonly Side[], prefer: readonly string[]): Conflict {
  const tied = losers.filter(
    ({ weight, claims }) => weight === winner.weight && claims.length === winner.claims.length,
  );
  const isDecided = tied.every((side) => rankOf(side, prefer) > rankOf(winner, prefer));
  const most = losers.every(({ claims }) => claims.length < winner.claims.length);
  return {
    field,
    settled_by: tied.length > 0 ? (isDecided ? 'preference' : 'order') : most ? 'majority' : 'confidence',
    winner: { value: winner.value, parts: partsOf(winner), weight: winner.weight },
    losers: losers.map((side) => ({
      ...{ value: side.value, parts: partsOf(side), weight: side.weight },
      why: reasonAgainst(side, winner, prefer),
    })),
    needs_person: !isDecided,
  };
}

function reasonAgainst(side: Side, winner: Side, prefer: readonly string[]): string {
  const voices = winner.claims.length;
  if (side.weight !== winner.weight)
    return `weighs ${side.weight.toFixed(2)}, the winner ${winner.weight.toFixed(2)} (${voices} voices)`;
  if (side.claims.length !== voices)
    return `as heavy as the winner, with ${side.claims.length} voices instead of ${voices}`;
  const isPreferred = rankOf(winner, prefer) < rankOf(side, prefer);
  return `as heavy as the winner, ${isPreferred ? 'which is preferred' : 'and later in order'}`;
}

const partsOf = ({ claims }: Side): string[] => claims.map(({ part }) => part);
