/** JSON with the keys of every object in order, so that equal documents are equal texts. */
export function canonicalJson(document: unknown): string {
  return JSON.stringify(inOrder(document));
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const fields = new Map(Object.entries(value));
  const ordered: Record<string, unknown> = {};
  // A field of this name would be taken for the prototype.
  if (fields.has('__proto__'))
    return Object.fromEntries([...fields.keys()].sort().map((key) => [key, inOrder(fields.get(key))]));
  for (const key of [...fields.keys()].sort()) ordered[key] = inOrder(fields.get(key));
  return ordered;
}
