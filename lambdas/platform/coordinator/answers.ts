import type { ResultValue, UpstreamValue } from '../../contracts/blob.ts';
import { asJson } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { Answer, TaskAssignment } from '../../contracts/messages.ts';
import type { Blobs } from '../../runtime/ports.ts';
import { answersOf, type OwnAnswer } from '../../workflow/own-tasks.ts';
import type { RunState, TaskState } from '../../workflow/state.ts';
import { createOpener, type Opener, storeResult } from './open-results.ts';

/** Characters of answers that travel with the message that brings them. */
const MOST_INLINE = LIMITS.inlineBody / 2;

/** What became of the tasks that a task has delegated, as its agent gets it. */
export async function answersFor(
  state: RunState,
  task: TaskState,
  blobs: Blobs,
): Promise<Pick<TaskAssignment, 'answers' | 'answers_ref'>> {
  if (!task.own) return {};
  const { tenant } = state.request;
  const opener = createOpener(blobs);
  const answers: Record<string, Answer> = {};
  for (const [key, answer] of Object.entries(answersOf(state, task)))
    answers[key] = await closed(answer, tenant, opener, blobs);
  const few = Object.keys(answers).length <= LIMITS.upstreamResults;
  if (few && JSON.stringify(answers).length <= MOST_INLINE) return { answers };
  return { answers_ref: await blobs.put(tenant, asJson(answers)) };
}

async function closed(answer: OwnAnswer, tenant: string, opener: Opener, blobs: Blobs): Promise<Answer> {
  return 'error' in answer ? answer : { result: await oneResult(answer.result, tenant, opener, blobs) };
}

/** Of a forEach: its list as one value. */
async function oneResult(result: UpstreamValue, tenant: string, opener: Opener, blobs: Blobs): Promise<ResultValue> {
  return 'list' in result ? storeResult(await opener.open(result), tenant, blobs) : result;
}
