/** What kind of somebody a subject names: agents and services say so by how their names begin. */
export function kindOf(
  sub: string,
): { readonly kind: 'person' | 'service' } | { readonly kind: 'agent'; readonly agent: string } {
  if (sub.startsWith('agent:')) return { kind: 'agent', agent: sub.slice('agent:'.length) };
  return { kind: sub.startsWith('service:') ? 'service' : 'person' };
}
