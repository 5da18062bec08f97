import { pathsFrom } from '../expression.ts';
import { type Member, type Part, taskOf } from '../part.ts';

export interface Decompose<Plan extends string, Group extends string, Whole extends string> {
  /** Its agent adds the tasks (`ctx.addTasks`), each with `group` set to the group's name. */
  readonly plan: Member<Plan>;
  /** The group that the added tasks join. */
  readonly group: Group;
  /** Makes one of what the plan says and the group's tasks answered; gets them as `plan` and `parts`. */
  readonly synthesize: Member<Whole>;
  /** So many of the added tasks at once; default: all. */
  readonly limit?: number;
  /** So many of them may fail, null in `parts`; default: none. */
  readonly tolerate?: number;
  readonly after?: readonly string[];
}

/** One agent cuts the work up while the run goes on, many do the pieces, one puts them together. */
export function decompose<const Plan extends string, const Group extends string, const Whole extends string>({
  plan,
  group,
  synthesize,
  limit,
  tolerate = 0,
  after = [],
}: Decompose<Plan, Group, Whole>): Part<Plan | Group | Whole> {
  const result = pathsFrom('$results');
  const input = { plan: result(plan.id).toJSON(), parts: result(group).toJSON() };
  return {
    tasks: [taskOf(plan, after, '{% $input %}'), taskOf(synthesize, [plan.id, group], input)],
    groups: { [group]: { tolerate, ...(limit !== undefined && { limit }) } },
    names: [plan.id, group, synthesize.id],
  };
}
