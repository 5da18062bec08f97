import * as z from 'zod';
import { ErrorClass } from '../../../../lambdas/contracts/errors.ts';
import type { Capability } from '../../../../lambdas/contracts/manifest.ts';

/** Whom an order is for: attempts up to this number (default: all), by this agent (default: any). */
const Whom = { attempts: z.number().int().positive().optional(), agent: z.string().optional() };

/** What a test tells a peer to do with its task. Without orders it answers at once. */
export const Orders = z.object({
  fail: z.object({ class: ErrorClass, code: z.string().default('ordered'), ...Whom }).nullish(),
  /** The process ends in the middle of the work, without a word. */
  crash: z.object(Whom).nullish(),
  /** Works so long, having said in its progress which process it is. */
  work: z.object({ ms: z.number(), ...Whom }).nullish(),
  /** Comes back in the answer. */
  say: z.json().optional(),
});
export type Orders = z.infer<typeof Orders>;

export const Answer = z.object({
  agent: z.string(),
  attempt: z.number().int(),
  say: z.json().describe('What it was told to say'),
  saw: z.json().describe('The results of what it depends on'),
});
export type Answer = z.infer<typeof Answer>;

export const shared = {
  description: 'Does as it is told, and answers who did it',
  input: Orders,
  output: Answer,
} as const satisfies Capability;
