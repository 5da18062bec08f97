import type { Json } from '../../contracts/json.ts';
import type { Consensus } from '../../contracts/task-kinds.ts';
import { type Member, type Part, taskOf } from '../part.ts';

export interface Vote<Id extends string, Participant extends string> extends Omit<Consensus, 'weights'> {
  /** The task that counts: its result is `{decision, votes, weights, for, against}`. */
  readonly id: Id;
  /** Each votes by itself, seeing no other's answer; `sees` says what of the run's input it may see. */
  readonly participants: readonly Member<Participant>[];
  /** What every participant gets; default: the run's input. */
  readonly input?: Json;
  readonly weights?: { readonly [K in NoInfer<Participant>]?: number };
  readonly after?: readonly string[];
}

/** Several answer the same question, and the votes decide. Who fails has no vote; `quorum` says how many there must be. */
export function consensus<const Id extends string, const Participant extends string>({
  id,
  participants,
  input = '{% $input %}',
  weights,
  after = [],
  ...rules
}: Vote<Id, Participant>): Part<Id | Participant> {
  const voters = participants.map((participant) => ({ ...taskOf(participant, after, input), optional: true }));
  const names = participants.map((participant) => participant.id);
  const weighed = participants.flatMap((participant) => {
    const weight = weights?.[participant.id];
    return weight === undefined ? [] : [[participant.id, weight] as const];
  });
  const votes = { ...rules, ...(weights && { weights: Object.fromEntries(weighed) }) };
  return { tasks: [...voters, { id, consensus: votes, dependsOn: names }], names: [...names, id] };
}
