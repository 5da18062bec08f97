/** The same document, in which nobody can write any more: it can be handed out without a copy. Data only, without cycles. */
export function frozen<T>(document: T): T {
  if (typeof document !== 'object' || document === null || Object.isFrozen(document)) return document;
  for (const value of Object.values(document)) frozen(value);
  return Object.freeze(document);
}
