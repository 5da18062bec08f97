import * as z from 'zod';
import { EpochMs } from './names.ts';

/** The most that a run, a task or one task of an agent may use, with all that it delegates. What is not named is not bounded. */
export const Budget = z.strictObject({
  usd: z.number().positive().optional().describe('Money, by the price table of the deployment'),
  tokens: z.number().int().positive().optional().describe('Of models, what goes in and what comes out together'),
  calls: z.number().int().positive().optional().describe('Of models and tools'),
  depth: z.number().int().nonnegative().optional().describe('Runs inside runs and tasks of tasks below this one'),
  seconds: z.number().positive().optional().describe('Wall time since it began'),
  atLimit: z
    .enum(['ask', 'stop', 'degrade'])
    .default('stop')
    .describe('Ask a person for more, fail with "budget_exhausted", or go on with cheaper models while they fit'),
});
export type Budget = z.infer<typeof Budget>;
export type BudgetInput = z.input<typeof Budget>;

/** True when it bounds anything at all. */
export function isBounded({ usd, tokens, calls, depth, seconds }: Budget): boolean {
  return [usd, tokens, calls, depth, seconds].some((most) => most !== undefined);
}

/** A budget that a person has changed: its account began with the limits that it had. */
export interface BudgetChange {
  /** Of its account. */
  readonly id: string;
  readonly was: Budget;
  readonly now: Budget;
}

/** A budget that work counts against, and where its account is. */
export const BudgetRef = z.object({
  id: z.string().min(1).max(256).describe('Of the run, or "run/task"'),
  budget: Budget,
  since: EpochMs.describe('When what it bounds began'),
  depth: z.number().int().nonnegative().describe('How far below it this work is'),
});
export type BudgetRef = z.infer<typeof BudgetRef>;
