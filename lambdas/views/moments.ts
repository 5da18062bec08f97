import type { ResultValue } from '../contracts/blob.ts';
import { canonicalJson } from '../contracts/canonical-json.ts';
import type { Json } from '../contracts/json.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import type { Document, RunEvent, TaskIndex } from '../workflow/events.ts';
import type { JournalEntry } from '../workflow/journal.ts';

/** One thing that happened to one task, or to the run, without when it did and what it rode along with. */
export interface Moment {
  readonly entry: number;
  readonly what: string;
  readonly task?: string;
  readonly details: Json;
}

/** What tells two runs apart: times, timers and permits do not. @param nameOf a task's id by its place */
export function momentsOf(entries: readonly JournalEntry[], nameOf: (index: TaskIndex) => string): Moment[] {
  return entries.flatMap(({ seq, events }) =>
    events.flatMap((event) =>
      within(event).map(({ index, details }): Moment => {
        const task = index === undefined ? {} : { task: nameOf(index) };
        return { entry: seq, what: event.type, ...task, details };
      }),
    ),
  );
}

/**
 * The first of `one` that `other` has not, however each is ordered.
 * @param nameless what of a text counts
 */
export function firstMissing(
  one: readonly Moment[],
  other: readonly Moment[],
  nameless: (text: string) => string = (text) => text,
): Moment | undefined {
  const keyOf = ({ what, task = '', details }: Moment): string => nameless(`${what} ${task} ${canonicalJson(details)}`);
  const counts = new Map<string, number>();
  for (const moment of other) counts.set(keyOf(moment), (counts.get(keyOf(moment)) ?? 0) + 1);
  return one.find((moment) => {
    const left = counts.get(keyOf(moment)) ?? 0;
    counts.set(keyOf(moment), left - 1);
    return left <= 0;
  });
}

interface Part {
  readonly index?: TaskIndex;
  readonly details: Json;
}

const each = (tasks: readonly TaskIndex[], details: Json = null): Part[] => tasks.map((index) => ({ index, details }));

function within(event: RunEvent): Part[] {
  switch (event.type) {
    case 'tasks_dispatched':
      return each(event.tasks, event.agent);
    case 'tasks_completed':
      return event.done.map(([index, , , result]) => ({ index, details: contentOf(result) }));
    case 'attempt_failed':
    case 'task_failed':
    case 'fallback_chosen':
      return each([event.task], event.error.code);
    case 'tasks_skipped':
      return each(event.tasks);
    case 'items_expanded':
      return each([event.task], 'value' in event.items ? event.items.value : event.items.ref.sha256);
    case 'tasks_delegated':
      return each([event.task], keysOf(event.tasks));
    case 'task_suspended':
      return each([event.task], event.on.for);
    case 'event_taken':
      return each([event.task]);
    case 'event_received':
      return [{ details: [event.event, event.key ?? null, contentOf(event.payload)] }];
    case 'decision_taken':
      return each([event.task], event.decision);
    case 'run_completed':
      return [{ details: null }];
    case 'run_failed':
      return [{ details: event.error.code }];
    case 'run_cancelled':
      return [{ details: event.reason }];
    case 'run_paused':
      return [{ details: event.reason }];
    case 'compensation_begun':
      return [{ details: null }];
    default:
      return [];
  }
}

const keysOf = (tasks: Document<TaskDefinition[]>): Json =>
  'value' in tasks ? tasks.value.map(({ id }) => id) : tasks.ref.sha256;

const contentOf = (result: ResultValue): Json => ('value' in result ? result.value : result.ref.sha256);
