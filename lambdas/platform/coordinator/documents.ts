import type { Json } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { Blobs } from '../../runtime/ports.ts';
import type { Document, RunEvent } from '../../workflow/events.ts';

const hasDocument = ({ type }: RunEvent): boolean =>
  type === 'run_started' || type === 'tasks_added' || type === 'items_expanded';

/** Moves large documents of events to the blob bucket, so that a journal entry stays small. */
export async function storeDocuments(
  events: readonly RunEvent[],
  tenant: string,
  blobs: Blobs,
): Promise<readonly RunEvent[]> {
  if (!events.some(hasDocument)) return events;
  const store = async <T>(document: Document<T>): Promise<Document<T>> => {
    if ('ref' in document) return document;
    const text = JSON.stringify(document.value);
    return text.length <= LIMITS.inlineDocument ? document : { ref: await blobs.put(tenant, JSON.parse(text) as Json) };
  };
  return Promise.all(
    events.map(async (event): Promise<RunEvent> => {
      if (event.type === 'run_started') {
        return { ...event, definition: await store(event.definition), input: await store(event.input) };
      }
      if (event.type === 'tasks_added') return { ...event, tasks: await store(event.tasks) };
      return event.type === 'items_expanded' ? { ...event, items: await store(event.items) } : event;
    }),
  );
}

/** The opposite: entries as the fold wants them, with every document at hand. */
export async function fetchDocuments(events: readonly RunEvent[], blobs: Blobs): Promise<readonly RunEvent[]> {
  if (!events.some(hasDocument)) return events;
  const fetch = async <T>(document: Document<T>): Promise<Document<T>> =>
    'ref' in document ? { value: (await blobs.get(document.ref)) as T } : document;
  return Promise.all(
    events.map(async (event): Promise<RunEvent> => {
      if (event.type === 'run_started') {
        return { ...event, definition: await fetch(event.definition), input: await fetch(event.input) };
      }
      if (event.type === 'tasks_added') return { ...event, tasks: await fetch(event.tasks) };
      return event.type === 'items_expanded' ? { ...event, items: await fetch(event.items) } : event;
    }),
  );
}
