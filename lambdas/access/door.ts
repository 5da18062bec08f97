import { type Action, mayAsk, mayDo, type Permission, type Resource, type Target } from '../contracts/access.ts';
import type { Principal } from '../contracts/principal.ts';
import type { SecurityEvent, SecurityEventKind, SecurityLog } from '../contracts/security-events.ts';
import type { TimeOfDay } from './ports.ts';
import type { TokenFault } from './token-faults.ts';
import type { Verified, VerifyToken } from './verify-token.ts';

/** What is known of a request before anybody has looked at it. */
export interface Origin {
  /** The address that it came from. */
  readonly source?: string;
  readonly correlationId?: string;
}

export type Admission =
  | { readonly ok: true; readonly principal: Principal }
  | {
      readonly ok: false;
      readonly fault: TokenFault;
      /** For who asked: says no more than an honest client can use. */
      readonly message: string;
      /** The `WWW-Authenticate` header (RFC 6750). */
      readonly challenge: string;
    };

/** Where everybody comes in: says who somebody is and what they may, and notes every refusal. */
export interface Door {
  /** @param authorization the header of a request, "Bearer …" */
  admit(authorization: string | undefined, origin?: Origin): Promise<Admission>;
  /** @param token as it comes in the first frame of a WebSocket */
  admitToken(token: string, origin?: Origin): Promise<Admission>;
  /**
   * Without a target: may they ask at all? To be asked before anything is looked up.
   * @param about what it is, such as a run's id: for the note of a refusal
   */
  permit(
    principal: Principal,
    resource: Resource,
    action: Action,
    target?: Target,
    about?: Origin & { readonly target?: string },
  ): Permission;
}

export interface DoorPorts {
  readonly verify: VerifyToken;
  readonly log: Pick<SecurityLog, 'note'>;
  readonly clock: TimeOfDay;
}

export function createDoor({ verify, log, clock }: DoorPorts): Door {
  const note = (kind: SecurityEventKind, event: Omit<SecurityEvent, 'kind' | 'at'>): void =>
    log.note({ kind, at: clock.now(), ...event, reason: event.reason.slice(0, 500) });

  async function admitToken(token: string, origin: Origin = {}): Promise<Admission> {
    const verified: Verified = await verify(token);
    if (verified.ok) return verified;
    const { fault, reason, principal } = verified;
    const kind = fault === 'token_revoked' ? 'token_revoked_used' : 'authentication_failed';
    note(kind, { reason, code: fault, ...whoOf(principal), ...placeOf(origin) });
    return { ok: false, fault, ...ANSWERS[answerOf(fault)] };
  }

  return {
    admitToken,
    admit: (authorization, origin) => admitToken(bearerOf(authorization), origin),
    permit(principal, resource, action, target, about = {}) {
      const permission = target ? mayDo(principal, resource, action, target) : mayAsk(principal, resource, action);
      if (permission.ok) return permission;
      const { code, reason } = permission;
      note(KINDS[code] ?? 'authorization_denied', {
        ...{ reason, code, resource, action },
        ...whoOf(principal),
        ...placeOf(about),
        ...(about.target !== undefined && { target: about.target.slice(0, 256) }),
        ...(target && { target_tenant: target.tenant.slice(0, 64) }),
      });
      return permission;
    },
  };
}

const KINDS: Readonly<Record<string, SecurityEventKind>> = {
  other_tenant: 'tenant_crossed',
  self_approval: 'self_approval_refused',
};

/** The token of "Bearer …"; anything else is none. */
function bearerOf(authorization = ''): string {
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1] ?? '';
}

function answerOf(fault: TokenFault): keyof typeof ANSWERS {
  if (fault === 'token_missing') return 'missing';
  return fault === 'token_expired' || fault === 'token_too_old' ? 'expired' : 'invalid';
}

const ANSWERS = {
  missing: { message: 'this needs a token: Authorization: Bearer …', challenge: 'Bearer realm="muster"' },
  expired: {
    message: 'the token has expired',
    challenge: 'Bearer realm="muster", error="invalid_token", error_description="the token has expired"',
  },
  invalid: { message: 'the token is not valid', challenge: 'Bearer realm="muster", error="invalid_token"' },
} as const;

function whoOf(principal: Principal | undefined) {
  if (!principal) return {};
  const { sub, tenant, tokenId } = principal;
  return { sub, tenant, token_id: tokenId, ...(principal.kind === 'agent' && { agent: principal.agent }) };
}

const placeOf = ({ source, correlationId }: Origin) => ({
  ...(source !== undefined && { source: source.slice(0, 64) }),
  ...(correlationId !== undefined && { correlation_id: correlationId.slice(0, 128) }),
});
