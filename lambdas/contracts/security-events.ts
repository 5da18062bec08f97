import * as z from 'zod';
import { EpochMs } from './names.ts';

/**
 * Everything that is noted because somebody may mean harm, or because it matters later who was let in.
 * The audit keeps them all, and tells them to whoever watches (OCSF).
 */
export const SecurityEventKind = z.enum([
  /** A token that is missing, forged, of somebody else, too old or too new; `reason` says which. */
  'authentication_failed',
  /** A verified token that has been taken back. */
  'token_revoked_used',
  /** Somebody known, who may not. */
  'authorization_denied',
  /** The same, and what was asked for belongs to another tenant: told to nobody but here. */
  'tenant_crossed',
  'self_approval_refused',
  'rate_limited',
  /** A request that no honest client sends: too large, too deep, `__proto__`, broken UTF-8. */
  'request_refused',
  'token_issued',
  'token_revoked',
  'signing_key_rotated',
  /** A message between agents without a signature, or with one that does not fit. */
  'message_signature_refused',
  'message_replayed',
  'message_decryption_refused',
  /** Somebody spoke in the name of somebody else. */
  'sender_mismatch',
  'agent_quarantined',
  'behaviour_unusual',
  'tenant_erased',
  'tenant_exported',
  'audit_broken',
]);
export type SecurityEventKind = z.infer<typeof SecurityEventKind>;

export const SecurityEvent = z.object({
  kind: SecurityEventKind,
  at: EpochMs,
  reason: z.string().max(500).describe('For a person; never a token, a key or a body'),
  code: z.string().max(64).optional().describe('The same for a machine, such as "signature_invalid"'),
  tenant: z.string().max(64).optional().describe('Of who asked; not told when nobody is known'),
  sub: z.string().max(128).optional().describe('Who asked, if that is known for sure'),
  token_id: z.string().max(128).optional(),
  agent: z.string().max(64).optional().describe('The agent that it is about'),
  resource: z.string().max(64).optional(),
  action: z.string().max(64).optional(),
  target: z.string().max(256).optional().describe('What was asked for, such as a run'),
  target_tenant: z.string().max(64).optional(),
  source: z.string().max(64).optional().describe('The address that it came from'),
  correlation_id: z.string().max(128).optional(),
});
export type SecurityEvent = z.infer<typeof SecurityEvent>;

/** Where they go. Never throws, and never holds up what it notes; what could not be noted is counted. */
export interface SecurityLog {
  note(event: SecurityEvent): void;
  /** Waits until all that was noted is safe: before an answer of a Lambda, which is frozen right after. */
  flush(): Promise<void>;
}
