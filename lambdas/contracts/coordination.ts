import * as z from 'zod';
import { JsonObject } from './json.ts';
import { AgentName, RunId, TenantId } from './names.ts';

/** Agent → everybody concerned, as in the seed documents. */
export const Coordination = z.object({
  coordination_type: z.string().max(64).describe('Such as "workflow_start"'),
  workflow_id: RunId,
  tenant: TenantId,
  participants: z.array(AgentName),
  broadcast: z.boolean(),
  details: JsonObject.optional(),
});
