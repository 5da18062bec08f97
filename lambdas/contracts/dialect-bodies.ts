import * as z from 'zod';
import { Json, JsonObject } from './json.ts';
import { PriorityLevel } from './priority.ts';

/* What else stands in these bodies is kept: the documents show examples, no closed lists. */

/** Names in the seed documents are freer than ours: "etl_worker_001", "workflow_20250725_001". */
const SeedName = z.string().min(1).max(64);

/** `task_assignment` as in the seed documents; its priority is already on the scale 1 to 4. */
export const SeedTaskAssignment = z.looseObject({
  task: z.looseObject({
    task_id: z.string().min(1).max(128),
    task_type: z.string().min(1).max(128),
    description: z.string().max(1_000).default(''),
    inputs: Json.default({}),
    priority: PriorityLevel.optional(),
    deadline: z.number().positive().optional().describe('Epoch seconds; becomes not_after of the header'),
  }),
});

/** `status_update` as in the seed documents: one task, in the sender's own words. */
export const SeedStatusUpdate = z.looseObject({
  task_id: z.string().min(1).max(128),
  status: z.string().min(1).max(64).describe('Such as "completed", "failed", "in_progress"'),
  result: Json.optional(),
});

/** `coordination` as in the seed documents. */
export const SeedCoordination = z.looseObject({
  coordination_type: z.string().min(1).max(64).describe('Such as "workflow_start"'),
  workflow_id: z.string().min(1).max(128),
  participants: z.array(SeedName).max(1_000).default([]),
  broadcast: z.boolean().default(false),
  details: JsonObject.optional(),
});

/** The message types whose bodies the seed documents spell out. */
export const SEED_BODIES = {
  task_assignment: SeedTaskAssignment,
  status_update: SeedStatusUpdate,
  coordination: SeedCoordination,
} as const;
export type SeedMessageType = keyof typeof SEED_BODIES;

export const isSeedMessageType = (type: string): type is SeedMessageType => type in SEED_BODIES;
