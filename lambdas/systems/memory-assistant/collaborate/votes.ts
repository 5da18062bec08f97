import * as z from 'zod';
import { RawMemory } from '../messages.ts';

/** The question that agents answer together: is this worth keeping close at hand, or may it fade? */
export const AssessImportance = z.strictObject({ memory: RawMemory });
export const ImportanceVote = z.object({
  type: z.literal('importance_assessed'),
  vote: z.enum(['keep', 'fade']),
  why: z.string(),
});
export type ImportanceVote = z.infer<typeof ImportanceVote>;

export const voteFor = (keeps: boolean, why: string): ImportanceVote => ({
  type: 'importance_assessed',
  vote: keeps ? 'keep' : 'fade',
  why,
});
