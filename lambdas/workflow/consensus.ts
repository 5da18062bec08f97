import { canonicalJson } from '../contracts/canonical-json.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { Consensus } from '../contracts/task-kinds.ts';

/** One participant's vote. */
export interface Vote {
  readonly participant: string;
  readonly vote: Json;
}

export type Tally =
  | { readonly decision: JsonObject }
  /** Equal weights, and the rule says that a person settles it. */
  | { readonly tie: Json[] }
  | { readonly error: { readonly code: 'quorum_not_reached' | 'no_consensus' | 'tie'; readonly message: string } };

/**
 * Counts weighted votes; equal JSON is an equal vote. The winner must have more than `threshold` of the weight that was
 * given (a weighted majority by default; with 0 the most votes win).
 * @param votes in definition order: the first of equals wins under the rule `first`
 * @param participants how many could have voted
 */
export function tally(votes: readonly Vote[], participants: number, rules: Consensus): Tally {
  const { quorum = participants, threshold = 0.5, weights = {}, tie = 'fail' } = rules;
  if (votes.length < quorum) {
    const message = `${votes.length} of ${participants} participants voted, at least ${quorum} must`;
    return { error: { code: 'quorum_not_reached', message } };
  }
  const weightOf = ({ participant }: Vote): number => weights[participant] ?? 1;
  const sides = new Map<string, { vote: Json; weight: number; by: string[] }>();
  for (const given of votes) {
    const key = canonicalJson(given.vote);
    const side = sides.get(key) ?? { vote: given.vote, weight: 0, by: [] };
    side.weight += weightOf(given);
    side.by.push(given.participant);
    sides.set(key, side);
  }
  const ranked = [...sides.values()].sort((a, b) => b.weight - a.weight);
  const total = ranked.reduce((sum, { weight }) => sum + weight, 0);
  const [winner, second] = ranked;
  if (!winner) return { error: { code: 'quorum_not_reached', message: 'nobody voted' } };
  const tied = second !== undefined && second.weight === winner.weight;
  if (tied && tie !== 'first') {
    const equals = ranked.filter(({ weight }) => weight === winner.weight).map(({ vote }) => vote);
    if (tie === 'person') return { tie: equals };
    return { error: { code: 'tie', message: `${equals.length} votes have the same weight, ${winner.weight} each` } };
  }
  if (!tied && winner.weight <= total * threshold) {
    const message = `the most supported vote has ${winner.weight} of ${total}; more than ${total * threshold} are needed`;
    return { error: { code: 'no_consensus', message } };
  }
  const decision = {
    decision: winner.vote,
    for: winner.weight,
    against: total - winner.weight,
    votes: Object.fromEntries(votes.map(({ participant, vote }) => [participant, vote])),
    weights: Object.fromEntries(votes.map((given) => [given.participant, weightOf(given)])),
  };
  return { decision };
}
