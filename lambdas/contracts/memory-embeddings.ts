import * as z from 'zod';
import { ModelSettings } from './model-settings.ts';

/** Where the vectors of memories come from: the small model that comes along, or one of the configuration. */
export const MemoryEmbeddings = z.union([z.literal('local'), ModelSettings]);
