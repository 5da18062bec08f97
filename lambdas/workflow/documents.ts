import type { BlobRef } from '../contracts/blob.ts';
import type { Document, RunEvent } from './events.ts';
import type { JournalEntry } from './journal.ts';

/** What becomes of one document, whatever it holds. */
export type DocumentChange = <T>(document: Document<T>) => Promise<Document<T>>;

const WITH_DOCUMENTS: ReadonlySet<RunEvent['type']> = new Set([
  'run_started',
  'tasks_added',
  'tasks_delegated',
  'items_expanded',
  'batch_led',
  'run_edited',
  'run_forked',
]);

/** The same events with every document in them changed: put away, or fetched. */
export async function mapDocuments(events: readonly RunEvent[], change: DocumentChange): Promise<readonly RunEvent[]> {
  if (!events.some(({ type }) => WITH_DOCUMENTS.has(type))) return events;
  return Promise.all(events.map((event) => mapEvent(event, change)));
}

/** Entries as the fold wants them, with every document at hand. */
export function openDocuments(
  entries: readonly JournalEntry[],
  claim: (ref: BlobRef) => Promise<unknown>,
): Promise<JournalEntry[]> {
  // What lies under a reference is what the engine has put there.
  const fetch = async <T>(document: Document<T>): Promise<Document<T>> =>
    'ref' in document ? { value: (await claim(document.ref)) as T } : document;
  return Promise.all(entries.map(async (entry) => ({ ...entry, events: await mapDocuments(entry.events, fetch) })));
}

async function mapEvent(event: RunEvent, change: DocumentChange): Promise<RunEvent> {
  switch (event.type) {
    case 'run_started':
      return { ...event, definition: await change(event.definition), input: await change(event.input) };
    case 'tasks_added':
    case 'tasks_delegated':
      return { ...event, tasks: await change(event.tasks) };
    case 'items_expanded':
      return { ...event, items: await change(event.items) };
    case 'batch_led':
      return { ...event, items: await change(event.items) };
    case 'run_edited': {
      const definition = event.definition && { definition: await change(event.definition) };
      return { ...event, edit: await change(event.edit), ...definition };
    }
    case 'run_forked':
      return { ...event, state: await change(event.state), records: await change(event.records) };
    default:
      return event;
  }
}
