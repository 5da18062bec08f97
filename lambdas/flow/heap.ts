/** A binary heap: the first of a changing line, without sorting the rest. */
export interface Heap<T> {
  first(): T | undefined;
  /** Takes the first out. */
  take(): T | undefined;
  add(item: T): void;
}

export function heapOf<T>(before: (a: T, b: T) => boolean): Heap<T> {
  const line: T[] = [];

  function sink(item: T): void {
    let at = 0;
    for (;;) {
      const left = line[2 * at + 1];
      const right = line[2 * at + 2];
      const rightFirst = left !== undefined && right !== undefined && before(right, left);
      const next = rightFirst ? right : left;
      if (next === undefined || !before(next, item)) break;
      line[at] = next;
      at = 2 * at + (rightFirst ? 2 : 1);
    }
    line[at] = item;
  }

  return {
    first: () => line[0],
    take: () => {
      const [first] = line;
      const last = line.pop();
      if (last !== undefined && line.length > 0) sink(last);
      return first;
    },
    add: (item) => {
      let at = line.length;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        const above = line[parent];
        if (above === undefined || !before(item, above)) break;
        line[at] = above;
        at = parent;
      }
      line[at] = item;
    },
  };
}
