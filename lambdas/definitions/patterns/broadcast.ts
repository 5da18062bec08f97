import type { Json } from '../../contracts/json.ts';
import { orElse, pathsFrom } from '../expression.ts';
import { type Member, type Part, taskOf } from '../part.ts';

export interface Broadcast<Id extends string, Audience extends string> {
  /** The task that has all answers by member: null from who failed or was skipped. */
  readonly id: Id;
  readonly to: readonly Member<Audience>[];
  /** What every member gets; default: the run's input. */
  readonly input?: Json;
  /** So many may fail; default: none. */
  readonly tolerate?: number;
  /** So many work at once; default: all. */
  readonly limit?: number;
  readonly after?: readonly string[];
}

/** The same to many at once; all their answers come together under `id`. */
export function broadcast<const Id extends string, const Audience extends string>({
  id,
  to,
  input = '{% $input %}',
  tolerate = 0,
  limit,
  after = [],
}: Broadcast<Id, Audience>): Part<Id | Audience> {
  const group = `${id}-audience`;
  const result = pathsFrom('$results');
  const members = to.map((member) => ({ ...taskOf(member, after, input), group }));
  const answers = to.map((member) => [member.id, orElse(result(member.id), null).toJSON()]);
  const gather = { id, value: Object.fromEntries(answers), dependsOn: to.map((member) => member.id) };
  return {
    tasks: [...members, gather],
    groups: { [group]: { tolerate, ...(limit !== undefined && { limit }) } },
    names: [...to.map((member) => member.id), id],
  };
}
