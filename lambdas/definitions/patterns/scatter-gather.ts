import type { Json } from '../../contracts/json.ts';
import { pathsFrom } from '../expression.ts';
import { type Member, type Part, taskOf } from '../part.ts';

export interface ScatterGather<Each extends string, Gather extends string> {
  /** A list, or an expression that yields one; default: the field `items` of the run's input. */
  readonly items?: string | Json[];
  /** Done once per item; gets the item unless it says otherwise. */
  readonly each: Member<Each>;
  /** Makes one of all results: an agent, which gets them as `parts`, or a `value`. Null stands for an item that failed. */
  readonly gather: Member<Gather>;
  /** So many items at once; default: all. */
  readonly limit?: number;
  /** So many items may fail; default: none. */
  readonly tolerate?: number;
  readonly after?: readonly string[];
}

/** One task per item, and one that gathers what they answered, in the order of the items. */
export function scatterGather<const Each extends string, const Gather extends string>({
  items = '{% $input.items %}',
  each,
  gather,
  limit,
  tolerate,
  after = [],
}: ScatterGather<Each, Gather>): Part<Each | Gather> {
  const bounds = { ...(limit !== undefined && { limit }), ...(tolerate !== undefined && { tolerate }) };
  const parts = pathsFrom('$results')(each.id).toJSON();
  return {
    tasks: [
      { ...taskOf(each, after, '{% $item %}'), forEach: { items, ...bounds } },
      taskOf(gather, [each.id], { parts }),
    ],
    names: [each.id, gather.id],
  };
}
