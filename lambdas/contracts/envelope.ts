import * as z from 'zod';
import { BlobRef } from './blob.ts';
import { Json } from './json.ts';
import { DEFAULTS } from './limits.ts';
import { EpochMs, TenantId } from './names.ts';
import { Priority, PriorityLevel } from './priority.ts';

/** The seed documents' message header, and what a platform for many tenants and many attempts adds to it. */
export const Header = z.object({
  message_id: z.string().min(1).max(128).describe('Unique; a duplicate delivery carries the same one'),
  correlation_id: z.string().min(1).max(128).describe('Follows one request through every agent it touches'),
  timestamp: z.iso.datetime().describe('When the message was created'),
  sender: z.string().min(1).max(64),
  receiver: z.string().min(1).max(64).describe('An agent, "coordinator", or "broadcast"'),
  message_type: z.string().min(1).max(64),
  priority: PriorityLevel.default(Priority.normal),
  reply_to: z.string().max(128).optional().describe('message_id of what this answers'),
  requires_response: z
    .boolean()
    .optional()
    .describe('The sender waits for an answer: a message whose reply_to is this message_id'),
  ttl: z
    .number()
    .int()
    .positive()
    .max(1_209_600)
    .default(DEFAULTS.ttlSeconds)
    .describe('Seconds after which it is not worked on'),
  tenant: TenantId,
  causation_id: z.string().max(128).optional().describe('message_id of what made the sender send this'),
  schema_version: z.literal(1).default(1),
  traceparent: z.string().max(64).optional().describe('W3C trace context'),
  attempt: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Which attempt of the task this is, from 1: the fencing number'),
  not_after: EpochMs.optional().describe('The attempt is void from this moment on'),
});
export type Header = z.infer<typeof Header>;

/** How a body travels: as it is, compressed (over 4 KiB), or by claim check (still over 64 KiB). */
export const Body = z.union([
  z.object({ payload: Json }),
  z.object({ compressed: z.string().describe('base64 of the brotli-compressed JSON') }),
  z.object({ claim: BlobRef.describe('The blob holds brotli-compressed JSON') }),
]);
export type Body = z.infer<typeof Body>;

/** A message as it lies in a queue. */
export const WireMessage = z.intersection(z.object({ header: Header }), Body);
export type WireMessage = z.infer<typeof WireMessage>;

/** A message as code sees it: the body opened, not yet checked against the schema of its type. */
export interface Envelope<P = Json> {
  readonly header: Header;
  readonly payload: P;
}

/** True when the message's time to live is over at `now` (ms). */
export function isExpired(header: Header, now: number): boolean {
  return now > Date.parse(header.timestamp) + header.ttl * 1_000;
}
