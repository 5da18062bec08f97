import { DataError, MusterError } from '../../contracts/errors.ts';
import type { SecurityEvent, SecurityEventKind } from '../../contracts/security-events.ts';

/** Why a message is dropped, and what the security event about it is called. */
const KINDS = {
  signature_missing: 'message_signature_refused',
  signature_malformed: 'message_signature_refused',
  signature_invalid: 'message_signature_refused',
  signature_key_unknown: 'message_signature_refused',
  signature_key_over: 'message_signature_refused',
  encryption_refused: 'message_decryption_refused',
  message_misdirected: 'message_replayed',
  identity_mismatch: 'sender_mismatch',
  sender_not_permitted: 'sender_mismatch',
} as const satisfies Record<string, SecurityEventKind>;
export type RefusalCode = keyof typeof KINDS;

/** Who a message says it is from, and the rest of what is told of it; nothing of it need be true. */
export interface Claimed {
  readonly sender?: unknown;
  readonly receiver?: unknown;
  readonly message_id?: unknown;
  readonly message_type?: unknown;
  readonly tenant?: unknown;
  readonly correlation_id?: unknown;
}

/** A message that somebody has made up, changed, or moved: it is dropped, and told. */
export function refusal(code: RefusalCode, why: string, claimed: Claimed): DataError {
  const { sender, message_id: id } = claimed;
  return new DataError(code, `a message that claims to be from ${short(sender) ?? 'nobody'} ${why}`, {
    ...(short(sender) !== undefined && { sender: short(sender) ?? null }),
    ...(short(id) !== undefined && { message_id: short(id) ?? null }),
  });
}

/** Whether the message was refused as {@link refusal} says. By its code, since errors may come from another realm. */
export function isRefusal(error: unknown): error is MusterError & { readonly code: RefusalCode } {
  return error instanceof MusterError && error.class === 'data' && Object.hasOwn(KINDS, error.code);
}

/** The event that tells of it. @param about the run or the queue */
export function refusalEvent(
  { code, message, details }: MusterError & { readonly code: RefusalCode },
  at: number,
  about: { readonly agent?: string; readonly target?: string; readonly tenant?: string } = {},
): SecurityEvent {
  const id = details?.message_id;
  return {
    ...{ kind: KINDS[code], at, code, reason: message.slice(0, 500) },
    ...about,
    ...(typeof id === 'string' && { correlation_id: id }),
  };
}

/** As much of a claim as a log needs. */
const short = (claim: unknown): string | undefined => (typeof claim === 'string' ? claim.slice(0, 64) : undefined);
