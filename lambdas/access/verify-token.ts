import type { KeyObject } from 'node:crypto';
import {
  type CryptoKey,
  decodeJwt,
  decodeProtectedHeader,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import { AGENT_TOKEN_SECONDS } from '../contracts/agent-tokens.ts';
import { CLOCK_TOLERANCE_SECONDS, type IdentitySettings } from '../contracts/identity-settings.ts';
import { AgentName } from '../contracts/names.ts';
import type { Principal } from '../contracts/principal.ts';
import { SIGNED } from '../contracts/signature.ts';
import type { AgentKeys, Revocations, TimeOfDay, VerificationKeys } from './ports.ts';
import { agentOf, claimAt, principalOf } from './read-claims.ts';
import { refusalOf, type TokenFault, TokenRefused } from './token-faults.ts';

export interface VerifierPorts {
  readonly settings: IdentitySettings;
  readonly clock: TimeOfDay;
  readonly keys: VerificationKeys;
  readonly revocations: Pick<Revocations, 'find'>;
  /** Not given: agents have no tokens of their own here. */
  readonly agentKeys?: AgentKeys;
}

export type Verified =
  | { readonly ok: true; readonly principal: Principal }
  | {
      readonly ok: false;
      readonly fault: TokenFault;
      readonly reason: string;
      /** Whom it would have meant: only of a token whose signature is good. */
      readonly principal?: Principal;
    };

/**
 * Says whom a token means. What is wrong with it comes back as a fault.
 * @throws SystemError when keys or revocations can't be read: then nobody is let in, and nobody is to blame
 */
export type VerifyToken = (token: string) => Promise<Verified>;

/** Longer ones are no tokens of ours, and not worth reading. */
const LONGEST = 8_192;
/** Headers by which a token would bring its own key, or ask for what nobody here does. */
const REFUSED_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'zip', 'b64', 'enc'];

export function createVerifier(ports: VerifierPorts): VerifyToken {
  return async (token) => {
    try {
      const principal = await whomItMeans(token, ports);
      const revoked = await ports.revocations.find(principal);
      if (!revoked) return { ok: true, principal };
      return { ok: false, fault: 'token_revoked', reason: `taken back by ${revoked.by}: ${revoked.reason}`, principal };
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      return { ok: false, fault: refusal.fault, reason: refusal.message };
    }
  };
}

async function whomItMeans(token: string, ports: VerifierPorts): Promise<Principal> {
  if (token === '') throw new TokenRefused('token_missing', 'there is no token');
  if (token.length > LONGEST) throw new TokenRefused('token_malformed', `it is longer than ${LONGEST} characters`);
  const header = readHeader(token);
  const { issuer } = ports.settings;
  const claimed: unknown = decoded(() => decodeJwt(token)).iss;
  // Whose keys are looked at is all that an issuer decides which nobody has vouched for yet.
  if (claimed === issuer) return ofIssuer(token, header, ports);
  const agent = typeof claimed === 'string' && claimed.startsWith('agent:') ? claimed.slice('agent:'.length) : '';
  if (ports.agentKeys && AgentName.safeParse(agent).success)
    return ofAgent(agent, token, header, ports, ports.agentKeys);
  throw new TokenRefused('issuer_unknown', 'it is of an issuer that nobody here believes');
}

/** What can't be read throws all kinds of things in the library. */
function decoded<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new TokenRefused('token_malformed', 'it is not a signed token');
  }
}

type Header = ProtectedHeaderParameters & { readonly kid: string };

function readHeader(token: string): Header {
  const header = decoded(() => decodeProtectedHeader(token));
  const refused = REFUSED_HEADERS.find((name) => Object.hasOwn(header, name));
  if (refused) throw new TokenRefused('header_refused', `its header says "${refused}"`);
  const { kid } = header;
  if (typeof kid !== 'string' || kid === '' || kid.length > 512)
    throw new TokenRefused('key_unknown', 'it does not name the key that it was signed with');
  return { ...header, kid };
}

async function ofIssuer(token: string, header: Header, { settings, clock, keys }: VerifierPorts): Promise<Principal> {
  requireType(header, settings.tokenTypes);
  const { issuer, algorithms, maxTokenSeconds } = settings;
  const key = await keyOf(header, algorithms, (algorithm) => keys.find(header.kid, algorithm));
  const payload = await signedBy(key, token, { issuer, algorithms, seconds: maxTokenSeconds, now: clock.now() });
  requireAudience(claimAt(payload, settings.claims.audience), settings.audience);
  return principalOf(settings, token, payload);
}

async function ofAgent(
  agent: string,
  token: string,
  header: Header,
  { settings, clock }: VerifierPorts,
  agents: AgentKeys,
): Promise<Principal> {
  requireType(header, [SIGNED.token]);
  const algorithms = ['EdDSA'] as const;
  const found = await keyOf(header, algorithms, () => agents.find(agent, header.kid));
  const bounds = { issuer: `agent:${agent}`, algorithms, seconds: AGENT_TOKEN_SECONDS, now: clock.now() };
  const payload = await signedBy(found.key, token, bounds);
  requireAudience(payload.aud, settings.audience);
  if (found.quarantined) throw new TokenRefused('agent_quarantined', `agent "${agent}" is in quarantine`);
  return agentOf(agent, found, token, payload, AGENT_TOKEN_SECONDS);
}

/** The key that a token names, for the algorithm that it names, if that is one of ours: keys never decide on algorithms. */
async function keyOf<K>(
  { alg, kid }: Header,
  algorithms: readonly string[],
  find: (algorithm: string) => Promise<K | undefined>,
): Promise<K> {
  if (alg === undefined || !algorithms.includes(alg))
    throw new TokenRefused('algorithm_refused', 'it is not signed in a way that is accepted here');
  const key = await find(alg);
  if (key === undefined) throw new TokenRefused('key_unknown', `nobody knows the key "${kid.slice(0, 64)}"`);
  return key;
}

interface Bounds {
  readonly issuer: string;
  readonly algorithms: readonly string[];
  readonly seconds: number;
  readonly now: number;
}

async function signedBy(
  key: CryptoKey | KeyObject,
  token: string,
  { issuer, algorithms, seconds, now }: Bounds,
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, key, {
    issuer,
    algorithms: [...algorithms],
    currentDate: new Date(now),
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    maxTokenAge: seconds,
    requiredClaims: ['sub', 'exp', 'iat'],
  });
  return payload;
}

/** Media types are compared without `application/` and case (RFC 7515, 4.1.9). */
function requireType({ typ }: Header, types: readonly string[]): void {
  const said = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
  if (!types.some((type) => type.toLowerCase() === said))
    throw new TokenRefused('type_refused', 'it is not an access token: its "typ" is another');
}

function requireAudience(claim: unknown, audience: readonly string[]): void {
  const said: unknown[] = Array.isArray(claim) ? claim : [claim];
  if (!said.some((one) => typeof one === 'string' && audience.includes(one)))
    throw new TokenRefused('audience_wrong', 'it is for somebody else');
}
