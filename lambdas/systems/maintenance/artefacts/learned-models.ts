import * as z from 'zod';
import { FEATURES } from '../analysis/features.ts';
import type { LearnedModels } from '../analysis/outlook.ts';
import { MODELS } from './models.ts';

const Numbers = z.array(z.number());
const Trees = z.object({
  kind: z.enum(['squared', 'logistic']),
  features: z.array(z.string()).refine((names) => names.join() === FEATURES.join(), 'trained on other features'),
  base: z.number(),
  trees: z.array(z.object({ feature: Numbers, threshold: Numbers, left: Numbers, right: Numbers, value: Numbers })),
});
const Models = z.object({ version: z.string(), risk: Trees, rul: Trees });

/** The committed models. @throws z.ZodError when they were trained on other features than the code has */
export const LEARNED_MODELS: LearnedModels = Models.parse(JSON.parse(MODELS));
