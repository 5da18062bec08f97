/** How often what was seen; older sightings count for less. */
export type Counts = Map<string, number>;

/** Below this a name is forgotten. */
const LEAST = 0.02;

export function count(counts: Counts, name: string, times = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

export function addAll(counts: Counts, more: Counts, weight = 1): void {
  for (const [name, times] of more) count(counts, name, times * weight);
}

export function total(counts: Counts): number {
  let sum = 0;
  for (const times of counts.values()) sum += times;
  return sum;
}

/** Makes everything count for less, and forgets what hardly counts, and the rarest beyond `most` names. */
export function fade(counts: Counts, factor: number, most: number): void {
  for (const [name, times] of counts) {
    if (times * factor < LEAST) counts.delete(name);
    else counts.set(name, times * factor);
  }
  if (counts.size <= most) return;
  const rarest = [...counts].sort(([, a], [, b]) => a - b).slice(0, counts.size - most);
  for (const [name] of rarest) counts.delete(name);
}
