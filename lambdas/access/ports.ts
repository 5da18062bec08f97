import type { KeyObject } from 'node:crypto';
import type { CryptoKey } from 'jose';
import type { KeyRing, PublishedKeys } from './key-ring.ts';

/*
 * What checking and issuing tokens needs of the world. lambdas/adapters fulfils these on AWS and in memory.
 */

/** The keys that an issuer signs with. */
export interface VerificationKeys {
  /**
   * The public key of this name, for this algorithm only; undefined: there is none.
   * @throws SystemError `keys_unavailable` when nobody knows: the token is neither good nor bad
   */
  find(kid: string, algorithm: string): Promise<CryptoKey | undefined>;
}

/** An agent's key, and what the agent is. */
export interface AgentKey {
  readonly key: CryptoKey | KeyObject;
  readonly orchestrates: boolean;
  /** A person or a policy has taken it out of the pool for what it did: it is nobody until it is let back. */
  readonly quarantined: boolean;
}

/** The keys by which agents sign, as the registry of keys has them. */
export interface AgentKeys {
  find(agent: string, kid: string): Promise<AgentKey | undefined>;
}

/** What was taken back: a token by its id, or all tokens that somebody had until then. */
export type Revocation = { readonly tokenId: string } | { readonly tenant: string; readonly sub: string };

export interface Revoked {
  readonly at: number;
  readonly by: string;
  readonly reason: string;
}

export interface Revocations {
  /** What holds against this token; what was taken back elsewhere is seen after five seconds at the latest. */
  find(token: {
    readonly tokenId: string;
    readonly tenant: string;
    readonly sub: string;
    readonly issuedAt: number;
  }): Promise<Revoked | undefined>;
  /** @param until when the last token it could be about has ended: kept for so long */
  revoke(what: Revocation, revoked: Revoked, until: number): Promise<void>;
}

/** The issuer's private keys. */
export interface SigningKeys {
  read(): Promise<KeyRing | undefined>;
  write(ring: KeyRing): Promise<void>;
}

/** The public half, for whoever checks tokens. */
export interface KeyPublication {
  read(): Promise<PublishedKeys | undefined>;
  /** Writes the version after the one that is there; false: somebody else was first. */
  write(published: PublishedKeys): Promise<boolean>;
}

/** Only the time of day: milliseconds since 1970-01-01 UTC. */
export interface TimeOfDay {
  now(): number;
}
