import { DataError, issuesOf } from '../../contracts/errors.ts';
import type { ResumeRun } from '../../contracts/messages.ts';
import { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import type { Blobs } from '../../runtime/ports.ts';
import type { TurnInput } from '../../workflow/turn.ts';

type Resume = Extract<TurnInput, { type: 'resume_run' }>['payload'];

/** A request to resume with its definition at hand. @throws DataError `bad_message` when that is malformed */
export async function readResume({ definition, ...payload }: ResumeRun, blobs: Blobs): Promise<Resume> {
  if (!definition) return payload;
  const parsed = WorkflowDefinition.safeParse('ref' in definition ? await blobs.get(definition.ref) : definition.value);
  if (!parsed.success) throw new DataError('bad_message', `the definition of resume_run: ${issuesOf(parsed.error)}`);
  return { ...payload, definition: parsed.data };
}
