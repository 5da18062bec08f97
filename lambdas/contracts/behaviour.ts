import * as z from 'zod';
import { EpochMs } from './names.ts';

/** Whose behaviour is learned: each within its tenant, so that no tenant's habits are judged by another's. */
export const SubjectKind = z.enum(['agent', 'user', 'tenant']);
export type SubjectKind = z.infer<typeof SubjectKind>;

/** What behaviour is looked at by. */
export const Feature = z.enum(['volume', 'hours', 'peers', 'mix', 'sequence', 'failure', 'drift']);
export type Feature = z.infer<typeof Feature>;

/**
 * A line of the message log, as far as behaviour is learned from it. `consumed` lines count only where the message was
 * refused: that says something of its sender.
 */
export const Observation = z.object({
  at: EpochMs,
  message_id: z.string().min(1).max(160),
  correlation_id: z.string().min(1).max(128),
  tenant: z.string().min(1).max(64),
  action: z.enum(['published', 'consumed']),
  sender: z.string().min(1).max(64),
  receiver: z.string().min(1).max(64),
  type: z.string().min(1).max(128),
  user: z.string().min(1).max(128).optional().describe('In whose name'),
  outcome: z.enum(['ok', 'failed', 'refused']).default('ok'),
});
export type Observation = z.infer<typeof Observation>;

/** What is out of the ordinary about one feature. */
export const Finding = z.object({
  feature: Feature,
  surprise: z.number().describe('-log10 of how often the ordinary looks like this, or more so'),
  span: z.enum(['hour', 'quarter', 'day', 'weeks']),
  expected: z.number(),
  seen: z.number(),
  why: z.string().max(500).describe('For a person'),
});
export type Finding = z.infer<typeof Finding>;

export const AlertSeverity = z.enum(['medium', 'high', 'critical']);
export type AlertSeverity = z.infer<typeof AlertSeverity>;

/** Somebody behaves as they never do. */
export const BehaviourAlert = z.object({
  alert_id: z.string().min(1).max(64).describe('The same span of the same subject has the same one'),
  at: EpochMs,
  tenant: z.string().max(64),
  subject_kind: SubjectKind,
  subject: z.string().max(128),
  severity: AlertSeverity,
  score: z.number().describe('-log10 of how often the ordinary looks like this'),
  from: EpochMs,
  to: EpochMs,
  findings: z.array(Finding).min(1).max(14).describe('The strongest first'),
});
export type BehaviourAlert = z.infer<typeof BehaviourAlert>;

/** What makes an agent rogue: what no agent does by mistake, said by IAM, by a signature or by the agent itself. */
export const Offence = z.enum([
  /** It spoke in the name of somebody else, or said what only the platform may say. */
  'impersonation',
  /** It sent what nobody has signed, or what was changed after it was signed. */
  'forgery',
  /** It sent once more what somebody else was meant to get. */
  'replay',
  /** It reached for a tool that it may not use. */
  'forbidden_tool',
  /** It spoke to somebody that it had never spoken to, as its baseline knows it. */
  'unknown_peer',
  /** Its behaviour was critical, as UEBA calls it. */
  'critical_behaviour',
]);
export type Offence = z.infer<typeof Offence>;

/** What an offence leads to: the agent is taken out at once until a person puts it back, or people are only told. */
export const Reaction = z.enum(['quarantine', 'alert']);

/** The policy on rogue agents. Baselines can err, so what only they say takes nobody out unless the deployment wants it. */
export const QuarantinePolicy = z
  .strictObject({
    impersonation: Reaction.default('quarantine'),
    forgery: Reaction.default('quarantine'),
    replay: Reaction.default('quarantine'),
    forbidden_tool: Reaction.default('quarantine'),
    unknown_peer: Reaction.default('alert'),
    critical_behaviour: Reaction.default('alert'),
  })
  .prefault({});
export type QuarantinePolicy = z.infer<typeof QuarantinePolicy>;

/** In whose name the platform itself asks for a quarantine. */
export const QUARANTINE_POLICY = 'quarantine policy';
