import type * as z from 'zod';
import { MusterError } from '../../contracts/errors.ts';
import type { MemoryReply, PeopleMemoryRequest } from '../../contracts/memory.ts';
import type { ApiPorts } from './api-ports.ts';

/** Asks the memory by the door for people. Everything that is wrong there is an error here. */
export function askMemoryBy(
  door: (request: z.input<typeof PeopleMemoryRequest>) => Promise<MemoryReply>,
): ApiPorts['askMemory'] {
  return async (tenant, operation) => {
    const reply = await door({ tenant, operation });
    if ('error' in reply) throw new MusterError(reply.error);
    return reply.answer;
  };
}
