import * as z from 'zod';
import { mayDo } from '../../../lambdas/contracts/access.ts';
import type { Principal } from '../../../lambdas/contracts/principal.ts';
import type { TaskHandler } from '../../../lambdas/runtime/agent.ts';
import type { ConfigInput } from '../../../lib/config-schema.ts';

const Input = z.object({ api: z.string(), audience: z.string() });
const Output = z.object({ status: z.number() });

// docs/guides/access.md shows these, word for word.

export const mayCancel = (principal: Principal, run: { tenant: string; requestedBy: string }): boolean =>
  mayDo(principal, 'workflow', 'control', { tenant: run.tenant, createdBy: run.requestedBy }).ok;

export const cognito: ConfigInput = {
  identity: {
    mode: 'oidc',
    issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc',
    audience: '4kq8…',
    jwksUri: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc/.well-known/jwks.json',
    tokenTypes: [''],
    claims: { tenant: 'custom:tenant', roles: 'cognito:groups', audience: 'client_id' },
    roles: { 'muster-operators': 'operator', 'muster-approvers': 'approver' },
  },
};

export const begin: TaskHandler<typeof Input, typeof Output> = async ({ api, audience }, ctx) => {
  const authorization = `Bearer ${await ctx.token(audience)}`;
  const answer = await fetch(`${api}/api/v1/workflows`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', 'x-request-id': `${ctx.runId}-next` },
    body: JSON.stringify({ workflow: 'nightly' }),
    signal: ctx.signal,
  });
  return { status: answer.status };
};
