import type { Document } from './events.ts';

/** The value of a document that has been fetched. */
export function opened<T>(document: Document<T>): T {
  if ('value' in document) return document.value;
  throw new Error(`the document ${document.ref.key} must be fetched before it is folded`);
}
