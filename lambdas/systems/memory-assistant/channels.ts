import * as z from 'zod';
import { type Channel, defineChannel } from '../../contracts/channels.ts';

/** Said when memories were kept: the seed document's event `memory_processed`, for whoever listens. */
export const memoryProcessed: Channel = defineChannel({
  name: 'channel.assistant.memory_processed',
  description: 'Memories were kept: which, and how good they are. Nothing of what they say',
  schema: z.object({
    type: z.literal('memory_processed'),
    sender_id: z.string(),
    memories: z.number().int(),
    memory_ids: z.array(z.string()).max(20).describe('The first of them'),
    quality_score: z.number(),
  }),
});
