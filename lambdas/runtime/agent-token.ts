import { type KeyObject, sign } from 'node:crypto';
import { AGENT_TOKEN_SECONDS, subjectOfAgent } from '../contracts/agent-tokens.ts';
import { SIGNED } from '../contracts/signature.ts';

export interface AgentTokenRequest {
  readonly agent: string;
  /** The tenant whose task it works on. */
  readonly tenant: string;
  /** Of the API that it is for. */
  readonly audience: string;
  readonly tokenId: string;
}

/** Half as long as one is taken: what waits for a connection, or for another's clock, is not too late. */
const SECONDS = AGENT_TOKEN_SECONDS / 2;

/**
 * A short-lived JWT by which an agent says who it is, signed with its container's own key: the API finds the public half
 * in the registry of keys, where only this agent's role can have put it. What the agent may do is not in the token.
 * @param now ms
 */
export function agentToken(
  { agent, tenant, audience, tokenId }: AgentTokenRequest,
  { kid, key }: { readonly kid: string; readonly key: KeyObject },
  now: number,
): string {
  const issued = Math.floor(now / 1_000);
  const iss = subjectOfAgent(agent);
  const claims = {
    iss,
    sub: iss,
    aud: audience,
    tenant,
    jti: tokenId,
    iat: issued,
    nbf: issued,
    exp: issued + SECONDS,
  };
  const text = `${part({ alg: 'EdDSA', kid, typ: SIGNED.token })}.${part(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
