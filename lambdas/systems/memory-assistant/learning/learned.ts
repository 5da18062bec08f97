import * as z from 'zod';
import { MANNERS } from './constants.ts';

/** As it is kept. */
export const Learned = z.object({
  scores: z.array(z.number()),
  count: z.number().int(),
  manner: z.enum(MANNERS),
});
