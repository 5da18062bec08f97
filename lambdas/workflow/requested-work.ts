import type { BusEventDetail } from '../contracts/bus-events.ts';
import { Priority, type PriorityLevel } from '../contracts/priority.ts';
import { requestDigest } from './run-identity.ts';

type Request = BusEventDetail<'workflow_requested'>;

/** The seed documents' names and levels of priority, as a level. */
export function priorityLevel(priority: NonNullable<Request['priority']>): PriorityLevel {
  if (typeof priority === 'number') return priority;
  return priority === 'medium' ? Priority.normal : Priority[priority];
}

/** What a repeat of a request must have in common with it; how it is traced and who repeats it may differ. */
export function workDigest({
  workflow,
  version,
  input,
  priority,
  definition,
}: Pick<Request, 'workflow' | 'version' | 'input' | 'priority' | 'definition'>): string {
  return requestDigest({
    ...{ workflow, version: version ?? null, input },
    priority: priority === undefined ? null : priorityLevel(priority),
    definition: definition ?? null,
  });
}
