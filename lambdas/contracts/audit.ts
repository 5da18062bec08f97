import * as z from 'zod';
import { TenantId } from './names.ts';
import { PriorityLevel } from './priority.ts';
import { SecurityEvent } from './security-events.ts';

/*
 * What the audit keeps: who said and did what, and when. Never a body: hashes and pointers stand for those, and the text
 * that a person has written (a reason, a comment) is not taken over either.
 */

/** The chain of what belongs to no tenant. No tenant can have this name. */
export const PLATFORM_CHAIN = '_platform';

/** A chain of audit objects: a tenant's, or the platform's own. */
export const AuditChain = z.union([TenantId, z.literal(PLATFORM_CHAIN)]);
export type AuditChain = z.infer<typeof AuditChain>;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const common = {
  /** ms */
  at: z.number().int().nonnegative(),
  tenant: z.string().max(64).describe('Of who it belongs to; "_platform": of nobody alone'),
  correlation_id: z.string().max(128).optional(),
  run_id: z.string().max(64).optional(),
  task_id: z.string().max(160).optional(),
};

/** One message, as the seed documents' message log has it. */
export const MessageRecord = z.object({
  kind: z.literal('message'),
  ...common,
  channel: z.string().max(256).describe('The queue, or the channel of the bus'),
  action: z.enum(['published', 'consumed', 'refused']),
  message_id: z.string().max(256),
  sender: z.string().max(128),
  receiver: z.string().max(128),
  type: z.string().max(128),
  priority: PriorityLevel,
  code: z.string().max(128).optional().describe('Why it was refused'),
  body: z
    .object({ sha256: Sha256, bytes: z.number().int().nonnegative() })
    .optional()
    .describe('Of a message that is kept nowhere else'),
});
export type MessageRecord = z.infer<typeof MessageRecord>;

/** What somebody decided about a run, or the platform for them. */
export const DecisionRecord = z.object({
  kind: z.literal('decision'),
  ...common,
  decision: z.string().max(128).describe('What was decided, such as "run_paused" or the option that was chosen'),
  by: z.string().max(160).describe('Who; "coordinator": nobody but the rules'),
  id: z.string().max(256).optional().describe('Of the request or the question'),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

/** What somebody asked for at the front door, and what they were told. */
export const AccessRecord = z.object({
  kind: z.literal('access'),
  ...common,
  sub: z.string().max(128),
  principal: z.enum(['person', 'agent', 'service', 'unknown']),
  token_id: z.string().max(128).optional(),
  operation: z.string().max(128),
  resource: z.string().max(64),
  action: z.string().max(64),
  target: z.string().max(256).optional(),
  request_id: z.string().max(128).optional(),
  outcome: z.enum(['allowed', 'denied']),
  code: z.string().max(128).optional(),
  status: z.number().int().optional(),
});
export type AccessRecord = z.infer<typeof AccessRecord>;

/** Something that may matter for security (contracts/security-events.ts). */
export const SecurityRecord = z.object({ kind: z.literal('security'), ...common, event: SecurityEvent });
export type SecurityRecord = z.infer<typeof SecurityRecord>;

/** The hash of a run's journal up to an entry: from then on nothing before it can be changed unseen. */
export const RootRecord = z.object({
  kind: z.literal('root'),
  ...common,
  run_id: z.string().max(64),
  seq: z.number().int().positive(),
  hash: Sha256,
  ended: z.boolean(),
});
export type RootRecord = z.infer<typeof RootRecord>;

/** Where a chain stood: kept in the platform's chain, so that no other can be cut short or vanish. */
export const HeadRecord = z.object({
  kind: z.literal('head'),
  ...common,
  chain: AuditChain,
  seq: z.number().int().positive(),
  hash: Sha256,
});
export type HeadRecord = z.infer<typeof HeadRecord>;

export const AuditRecord = z.discriminatedUnion('kind', [
  MessageRecord,
  DecisionRecord,
  AccessRecord,
  SecurityRecord,
  RootRecord,
  HeadRecord,
]);
export type AuditRecord = z.infer<typeof AuditRecord>;

/** Most records in one note. */
export const RECORDS_PER_NOTE = 100;

/** What lies in the audit's queue. The group is the chain; `id` makes a repetition known. */
export const AuditNote = z.discriminatedUnion('note', [
  /** Things that have happened. */
  z.object({
    note: z.literal('records'),
    id: z.string().min(1).max(256),
    chain: AuditChain,
    records: z.array(AuditRecord).min(1).max(RECORDS_PER_NOTE),
  }),
  /** A run's journal has come so far: what it says of messages and decisions is to be noted, and its root. */
  z.object({
    note: z.literal('journal'),
    id: z.string().min(1).max(256),
    chain: AuditChain,
    run_id: z.string().max(64),
    seq: z.number().int().positive(),
    hash: Sha256,
  }),
]);
export type AuditNote = z.infer<typeof AuditNote>;

/** The first line of an audit object; each further line is a record. */
export const AuditObjectHead = z.object({
  muster_audit: z.literal(1),
  chain: AuditChain,
  seq: z.number().int().positive(),
  prev: Sha256.describe('sha256 of the object before; of the first: of the name of its chain'),
  at: z.number().int().nonnegative(),
  records: z.number().int().nonnegative(),
  notes: z.array(z.string()).describe('The ids of the notes that it was made from'),
});
export type AuditObjectHead = z.infer<typeof AuditObjectHead>;
