import * as z from 'zod';
import { EpochMs, TenantId } from './names.ts';

const rate = z.number().positive().max(100_000);

/** What a tenant may use. What is not named is not bounded. */
export const TenantLimits = z.strictObject({
  requestsPerSecond: rate.optional().describe('At the API, by all its people and services together'),
  burst: z.number().int().positive().max(100_000).optional().describe('At once; default: two seconds of them'),
  requestsPerSecondEach: rate.optional().describe('By one of them'),
  openRuns: z
    .number()
    .int()
    .positive()
    .max(100_000)
    .optional()
    .describe('That have not ended; runs inside runs not counted'),
  tokensPerDay: z.number().int().positive().optional().describe('Of models, by runs that begin on that day (UTC)'),
});
export type TenantLimits = z.infer<typeof TenantLimits>;

export const PlanName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a plan is named like "standard"');

/** The plans of a deployment, and which one counts for a tenant of whom nothing is written. */
export const Tenancy = z
  .strictObject({
    plans: z.record(PlanName, TenantLimits),
    defaultPlan: PlanName,
    closed: z.boolean().optional().describe('Tenants of whom nothing is written may not do anything'),
  })
  .refine(({ plans, defaultPlan }) => Object.hasOwn(plans, defaultPlan), {
    path: ['defaultPlan'],
    error: 'is one of the plans',
  });
export type Tenancy = z.infer<typeof Tenancy>;

/** Used where a deployment names no others. */
export const PLANS = {
  plans: {
    free: {
      ...{ requestsPerSecond: 5, burst: 20, requestsPerSecondEach: 5 },
      ...{ openRuns: 20, tokensPerDay: 200_000 },
    },
    standard: { requestsPerSecond: 500, burst: 1_000, requestsPerSecondEach: 250 },
    unbounded: {},
  },
  defaultPlan: 'standard',
} as const satisfies Tenancy;

/**
 * `suspended`: it can look, but not change anything, and no run of it begins. `erasing`: nothing is taken from it any more.
 * `erased`: for good; its name is not given to anybody else.
 */
export const TenantStatus = z.enum(['active', 'suspended', 'erasing', 'erased']);
export type TenantStatus = z.infer<typeof TenantStatus>;

/** How much of a tenant there was, by where it lay. */
export const Counts = z.record(z.string(), z.number().int().nonnegative());
export type Counts = z.infer<typeof Counts>;

/** How far the erasure of a tenant has come. */
export const TenantErasure = z.object({
  startedAt: EpochMs,
  by: z.string().max(128),
  reason: z.string().max(1_000),
  phase: z.enum(['stopping', 'removing', 'looking', 'done']),
  cursor: z.string().max(4_000).optional().describe('Where an earlier invocation stopped'),
  rounds: z.number().int().nonnegative().describe('How often everything was looked through'),
  removed: Counts,
  left: Counts.optional().describe('What the last look through everything has found; empty: nothing'),
  finishedAt: EpochMs.optional(),
});
export type TenantErasure = z.infer<typeof TenantErasure>;

/** What is written of a tenant. */
export const TenantRecord = z.object({
  tenant: TenantId,
  version: z.number().int().positive().describe('Of this record: a change names the one that it is made to'),
  plan: PlanName,
  limits: TenantLimits.describe('Over those of its plan'),
  status: TenantStatus,
  by: z.string().max(128),
  reason: z.string().max(1_000),
  at: EpochMs,
  erasure: TenantErasure.optional(),
});
export type TenantRecord = z.infer<typeof TenantRecord>;

/** A tenant as it stands: what counts for it, whoever has said so. */
export const TenantStanding = z.object({
  tenant: z.string(),
  status: TenantStatus,
  plan: z.string(),
  limits: TenantLimits,
  recorded: z.boolean().describe('False: nothing is written of it, and the default plan counts'),
});
export type TenantStanding = z.infer<typeof TenantStanding>;

/** @returns what counts for a tenant; one whose plan there is not any more has the limits of the default plan */
export function standingOf(tenant: string, record: TenantRecord | undefined, tenancy: Tenancy): TenantStanding {
  const { plans, defaultPlan, closed } = tenancy;
  if (!record) {
    const status = closed ? 'suspended' : 'active';
    return { tenant, status, plan: defaultPlan, limits: plans[defaultPlan] ?? {}, recorded: false };
  }
  const plan = Object.hasOwn(plans, record.plan) ? record.plan : defaultPlan;
  const limits = { ...plans[plan], ...record.limits };
  return { tenant, status: record.status, plan, limits, recorded: true };
}

const asked = { by: z.string().min(1).max(128), reason: z.string().max(1_000).default('') };

/** What the tenants Lambda is asked for. */
export const TenantRequest = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('list'),
    after: TenantId.optional(),
    limit: z.number().int().min(1).max(500).default(100),
  }),
  z.strictObject({ op: z.literal('show'), tenant: TenantId }),
  z.strictObject({
    op: z.literal('set'),
    tenant: TenantId,
    plan: PlanName.optional(),
    limits: TenantLimits.optional().describe('Instead of those that it has over its plan'),
    status: z.enum(['active', 'suspended']).optional(),
    ...asked,
  }),
  z.strictObject({
    op: z.literal('erase'),
    tenant: TenantId,
    confirm: TenantId.describe('The tenant once more: nobody erases one by a slip'),
    ...asked,
  }),
  z
    .strictObject({ op: z.literal('look'), tenant: TenantId })
    .describe('Counts all that there is of it, and changes nothing'),
  z.strictObject({ op: z.literal('export'), tenant: TenantId, ...asked }),
]);
export type TenantRequest = z.infer<typeof TenantRequest>;

/** Where an export lies: lines of JSON, gzipped, as parts in the blob bucket. They go with the tenant. */
export const TenantExport = z.object({
  tenant: TenantId,
  at: EpochMs,
  keys: z.array(z.string()).describe('In this order they are one file'),
  counts: Counts,
  bytes: z.number().int().nonnegative(),
});
export type TenantExport = z.infer<typeof TenantExport>;

export const TenantReply = z.union([
  z.object({ answer: z.unknown() }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type TenantReply = z.infer<typeof TenantReply>;

/** Who came through this alias of the tenants Lambda is a person or the API. */
export const TENANTS_DOOR = 'people';
