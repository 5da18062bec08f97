import * as z from 'zod';

/** What can be set of every agent of the fleet without a deploy. */
export const TUNABLE = z.object({
  level: z.number().int().min(0).max(9).default(0),
  tone: z.string().max(20).default('plain'),
});
export type Tuned = z.infer<typeof TUNABLE>;

/** What an attempt found set. */
export interface Tuning {
  readonly agent: string;
  readonly runId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly at: number;
  readonly tuned: Tuned;
}
