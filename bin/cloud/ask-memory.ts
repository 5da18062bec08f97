import { InvokeCommand } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import type { Json } from '../../lambdas/contracts/json.ts';
import { MemoryReply, PEOPLE_DOOR, type PeopleMemoryRequest } from '../../lambdas/contracts/memory.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from './session.ts';
import { outputOf } from './target.ts';

/** Asks the memory Lambda through the door for people. @throws CliError with what it answers instead */
export async function askMemory(
  session: Session,
  tenant: string,
  operation: z.input<typeof PeopleMemoryRequest>['operation'],
): Promise<Json> {
  const { Payload, FunctionError } = await session.aws.lambda.send(
    new InvokeCommand({
      FunctionName: outputOf(session.target, 'MemoryFunctionName'),
      Qualifier: PEOPLE_DOOR,
      Payload: JSON.stringify({ tenant, operation }),
    }),
  );
  const text = Payload ? new TextDecoder().decode(Payload) : '';
  if (FunctionError !== undefined)
    throw new CliError(`the memory did not answer: ${text.slice(0, 300)}`, 'see "muster logs", and try again');
  const reply = MemoryReply.parse(JSON.parse(text));
  if ('error' in reply) throw new CliError(`${reply.error.code}: ${reply.error.message}`);
  return reply.answer;
}
