/** JSON with the keys of every object in order, so that equal documents are equal texts. */
export function canonicalJson(document: unknown): string {
  return JSON.stringify(inOrder(document));
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const fields = value as Record<string, unknown>;
  const keys = Object.keys(fields).sort();
  // A field of this name would be taken for the prototype.
  if (Object.hasOwn(fields, '__proto__')) return Object.fromEntries(keys.map((key) => [key, inOrder(fields[key])]));
  const ordered: Record<string, unknown> = {};
  for (const key of keys) ordered[key] = inOrder(fields[key]);
  return ordered;
}
