import { type Member, type Part, taskOf } from '../part.ts';

/** One asks, one answers. The member gets the run's input unless it says otherwise. */
export function requestResponse<const Id extends string>(member: Member<Id>, after: readonly string[] = []): Part<Id> {
  return { tasks: [taskOf(member, after, '{% $input %}')], names: [member.id] };
}
