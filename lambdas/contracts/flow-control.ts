import * as z from 'zod';
import { TenantId, WorkflowName } from './names.ts';
import { PriorityLevel } from './priority.ts';

/** `flow_` and 40 hexadecimal digits: the hash of a flow's scope, kind, name and key. */
export const FlowId = z.string().regex(/^flow_[0-9a-f]{40}$/, 'a flow id is "flow_" and 40 hexadecimal digits');

const FlowName = z
  .string()
  .regex(/^[a-z][a-z0-9_.-]{0,127}$/, 'a limit is named like "openai.tokens"')
  .describe('Shared by every definition that names it; default: its own of this workflow or task');
const FlowKey = z
  .string()
  .min(1)
  .max(1_000)
  .describe('Each value has a limit of its own; may be an expression, such as "{% $input.customer %}"');
const Scope = z
  .enum(['tenant', 'platform'])
  .describe(
    'Each tenant has its own (default), or all of them share one, fairly; only registered definitions may share',
  );
const atLeastOne = z
  .number()
  .int('must be a whole number')
  .positive('must be at least 1: to let nothing through, pause the run, the tenant or the agent instead');

/** So many in a period, spread evenly: the generic cell rate algorithm (GCRA, ITU-T I.371). */
export const Rate = z.strictObject({
  limit: atLeastOne,
  periodSeconds: z.number().positive().max(2_592_000),
  burst: atLeastOne.optional().describe('So many may go at once after a quiet time; default 1'),
});
export type Rate = z.infer<typeof Rate>;

/** At most so many at once, or in a period, for each value of a key. What must wait holds nothing and costs nothing. */
export const Limit = z
  .strictObject({
    name: FlowName.optional(),
    key: FlowKey.optional(),
    scope: Scope.optional(),
    concurrency: atLeastOne.optional(),
    rate: Rate.optional(),
  })
  .refine(({ concurrency, rate }) => (concurrency === undefined) !== (rate === undefined), {
    error: 'a limit says either concurrency or rate; write two limits to have both',
  });
export type Limit = z.infer<typeof Limit>;

/** How runs of a workflow get in: passed in the order debounce, singleton, batch, limits. */
export const Admission = z.strictObject({
  debounce: z
    .strictObject({
      key: FlowKey.optional(),
      seconds: z.number().positive().max(604_800).describe('Quiet for so long, and the newest request goes in'),
      atMostSeconds: z
        .number()
        .positive()
        .max(604_800)
        .optional()
        .describe('It goes in after so long even if it is never quiet'),
    })
    .optional()
    .describe('Of requests with the same key in quick succession only the last becomes work; the others are cancelled'),
  singleton: z
    .strictObject({
      key: FlowKey.optional(),
      mode: z
        .enum(['wait', 'skip', 'cancel'])
        .describe('While one is at work, the next waits for it, is cancelled, or cancels it and takes its place'),
    })
    .optional(),
  batch: z
    .strictObject({
      key: FlowKey.optional(),
      size: atLeastOne.max(1_000),
      seconds: z.number().positive().max(604_800).describe('A batch that does not fill goes in after so long'),
    })
    .optional()
    .describe('Requests become one run, whose $input.items lists their inputs; all of them end as it does'),
  limits: z.array(Limit).min(1).max(4).optional(),
  waitSeconds: z
    .number()
    .positive()
    .max(31_536_000)
    .optional()
    .describe(
      'A request that has not got in by then is cancelled; default: it waits. The deadline counts from getting in',
    ),
});
export type Admission = z.infer<typeof Admission>;

/** What a flow does with those who ask for a permit. */
export const FlowRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('concurrency'), limit: z.number().int().positive() }),
  z.object({ kind: z.literal('rate'), ...Rate.shape }),
  z.object({ kind: z.literal('debounce'), seconds: z.number(), atMostSeconds: z.number().optional() }),
  z.object({ kind: z.literal('singleton'), mode: z.enum(['wait', 'skip', 'cancel']) }),
  z.object({ kind: z.literal('batch'), size: z.number().int(), seconds: z.number() }),
]);
export type FlowRule = z.infer<typeof FlowRule>;

/** One flow: a limit, or a way of getting in, for one value of its key. */
export const Gate = z.object({
  flow_id: FlowId,
  name: z.string().max(300).describe("What people call it: the limit's name, or the workflow or task it belongs to"),
  key: z.string().max(1_000),
  tenant: TenantId.optional().describe('None: shared by all'),
  rule: FlowRule,
});
export type Gate = z.infer<typeof Gate>;

/** Who asks a flow for permits. */
export const Claimant = z.object({
  tenant: TenantId,
  workflow: WorkflowName,
  priority: PriorityLevel,
});
export type Claimant = z.infer<typeof Claimant>;

/** Waiting for so many seconds is worth one level of priority, so that low never starves. */
export const AGEING_SECONDS = 60;
