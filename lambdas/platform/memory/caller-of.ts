import { agentOfDoor, PEOPLE_DOOR } from '../../contracts/memory.ts';
import type { MemoryCaller } from './memory.ts';

/**
 * The alias that the function was invoked by: "arn:aws:lambda:region:account:function:name:alias". An agent's role may
 * invoke its own alias and nothing else of this function; the schedule comes in without one.
 */
export function callerOf(invokedFunctionArn: string): MemoryCaller | undefined {
  const alias = invokedFunctionArn.split(':')[7];
  if (alias === undefined) return 'schedule';
  if (alias === PEOPLE_DOOR) return 'people';
  const agent = agentOfDoor(alias);
  return agent === undefined ? undefined : { agent };
}
