import * as z from 'zod';
import { issuesOf } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import { StatusUpdate, TaskUpdate } from '../../contracts/messages.ts';

/** Of an update that is wrong otherwise, enough to tell whose it is. */
const Named = z.object({ task_id: TaskUpdate.options[0].shape.task_id, attempt: TaskUpdate.options[0].shape.attempt });
const Outer = StatusUpdate.extend({ updates: z.array(z.unknown()).min(1).max(100) });

/**
 * A report of which some updates are malformed, such as tasks that are none: each of these is a failure of its task for
 * good, and the others count. Undefined when it does not even say whose they are.
 */
export function repairReport(payload: Json): StatusUpdate | undefined {
  const outer = Outer.safeParse(payload);
  if (!outer.success) return undefined;
  const updates: TaskUpdate[] = [];
  for (const update of outer.data.updates) {
    const whole = TaskUpdate.safeParse(update);
    const named = Named.safeParse(update);
    if (whole.success) updates.push(whole.data);
    else if (named.success) updates.push({ ...named.data, ...failure(whole.error) });
    else return undefined;
  }
  return { ...outer.data, updates };
}

function failure(error: z.ZodError) {
  const message = `what its agent reported of it is malformed: ${issuesOf(error)}`.slice(0, 2_000);
  return { status: 'failed', error: { code: 'bad_report', class: 'data', message }, duration_ms: 0 } as const;
}
