import type * as z from 'zod';
import { doorOfAgent, MemoryReply, PEOPLE_DOOR, type PeopleMemoryRequest } from '../../contracts/memory.ts';
import type { MemoryDoor } from '../../runtime/memory/ability.ts';
import type { ClientSettings } from './clients.ts';
import { askByAlias } from './invoke-by-alias.ts';
import type { Credentials } from './sign-request.ts';

type MemorySettings = [
  settings: ClientSettings,
  functionName: string,
  credentials: () => Credentials,
  sleep?: (ms: number) => Promise<void>,
];

function askMemory(...[settings, functionName, credentials, sleep]: MemorySettings) {
  const options = { settings, functionName, credentials, code: 'memory_unavailable', ...(sleep && { sleep }) } as const;
  return askByAlias(options, MemoryReply);
}

/**
 * The memory Lambda, invoked by the alias of this agent, without the SDK's client. What it is asked it does once however
 * often it is told, so what does not arrive is sent again.
 */
export function memoryDoor(...settings: MemorySettings): MemoryDoor {
  const ask = askMemory(...settings);
  return (agent, request) => ask(doorOfAgent(agent), request);
}

/** The same by the alias for people: with it goes the tenant that they ask for. */
export function peopleMemoryDoor(
  ...settings: MemorySettings
): (request: z.input<typeof PeopleMemoryRequest>) => Promise<MemoryReply> {
  const ask = askMemory(...settings);
  return (request) => ask(PEOPLE_DOOR, request);
}
