import { InvokeCommand } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import { TENANTS_DOOR, TenantReply, type TenantRequest } from '../../lambdas/contracts/tenants.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from './session.ts';
import { outputOf } from './target.ts';

/** Asks the tenants Lambda through the door for people. @throws CliError with what it answers instead */
export async function askTenants(session: Session, request: z.input<typeof TenantRequest>): Promise<unknown> {
  const { Payload, FunctionError } = await session.aws.lambda.send(
    new InvokeCommand({
      FunctionName: outputOf(session.target, 'TenantsFunctionName'),
      Qualifier: TENANTS_DOOR,
      Payload: JSON.stringify(request),
    }),
  );
  const text = Payload ? new TextDecoder().decode(Payload) : '';
  if (FunctionError !== undefined)
    throw new CliError(`the tenants Lambda did not answer: ${text.slice(0, 300)}`, 'try again');
  const reply = TenantReply.parse(JSON.parse(text));
  if ('error' in reply) throw new CliError(`${reply.error.code}: ${reply.error.message}`);
  return reply.answer;
}
