import * as z from 'zod';
import type { Manifest } from '../../../contracts/manifest.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import type { StandardForm } from '../prepare/standard-form.ts';

/** Who made a result, for whoever puts results together. */
export const MadeBy = z.object({
  agent: z.string(),
  version: z.string(),
  task: z.string(),
  attempt: z.number().int(),
});
export type MadeBy = z.infer<typeof MadeBy>;

/** The output schema of a capability whose results say who made them. */
export const signed = <S extends z.ZodRawShape>(schema: z.ZodObject<S>) =>
  schema.extend({
    made_by: MadeBy,
    source: z.string().optional().describe('The id of the input that it was made of, as `input.prepare` gave it'),
  });

/** Signs a result. @param document what it was made of, if that was prepared */
export const madeBy = (
  { name, version }: Pick<Manifest, 'name' | 'version'>,
  { taskId, attempt }: Pick<AgentContext, 'taskId' | 'attempt'>,
  document?: StandardForm,
): { made_by: MadeBy; source?: string } => ({
  made_by: { agent: name, version, task: taskId, attempt },
  ...(document && { source: document.id }),
});
