/**
 * The names of one circle, each waiting for the next; undefined when there is none (Kahn, 1962). Linear and iterative:
 * a chain of 20,000 tasks must not meet the end of the stack.
 */
export function findCycle(
  names: Iterable<string>,
  waitsFor: (name: string) => Iterable<string>,
): readonly string[] | undefined {
  const { order, inside } = reach(names, waitsFor);
  const left = inside.map((dependencies) => dependencies.length);
  const dependents: number[][] = inside.map(() => []);
  for (const [index, dependencies] of inside.entries()) for (const on of dependencies) dependents[on]?.push(index);
  const free = [...left.keys()].filter((index) => left[index] === 0);
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    for (const dependent of dependents[next] ?? []) {
      const open = (left[dependent] ?? 0) - 1;
      left[dependent] = open;
      if (open === 0) free.push(dependent);
    }
  }
  // Whatever still waits depends on something that still waits: following that must come back to where it was.
  let at = left.findIndex((open) => open > 0);
  if (at < 0) return undefined;
  const place = new Map<number, number>();
  const walk: number[] = [];
  while (!place.has(at)) {
    place.set(at, walk.length);
    walk.push(at);
    at = inside[at]?.find((on) => (left[on] ?? 0) > 0) ?? at;
  }
  return walk.slice(place.get(at)).map((index) => order[index] ?? '');
}

/** Everything that these names wait for, directly or not, as numbers. */
function reach(
  names: Iterable<string>,
  waitsFor: (name: string) => Iterable<string>,
): { order: readonly string[]; inside: readonly number[][] } {
  const order = [...names];
  const indexOf = new Map(order.map((name, index) => [name, index]));
  const inside: number[][] = [];
  for (let index = 0; index < order.length; index += 1) {
    const list: number[] = [];
    for (const name of waitsFor(order[index] ?? '')) {
      let on = indexOf.get(name);
      if (on === undefined) {
        on = order.push(name) - 1;
        indexOf.set(name, on);
      }
      list.push(on);
    }
    inside.push(list);
  }
  return { order, inside };
}
