/** Things due at a time, earliest first, and the oldest first among those of one time. */
export interface TimeHeap<T> {
  push(at: number, item: T): void;
  peek(): { readonly at: number; readonly order: number; readonly item: T } | undefined;
  pop(): void;
}

interface Place<T> {
  readonly at: number;
  /** How many were pushed before it. */
  readonly order: number;
  readonly item: T;
}

const before = <T>(a: Place<T>, b: Place<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap: pushing and popping take the logarithm of what is in it. */
export function timeHeap<T>(): TimeHeap<T> {
  const heap: Place<T>[] = [];
  let order = 0;
  return {
    peek: () => heap[0],
    push: (at, item) => {
      const place = { at, order: order++, item };
      let index = heap.length;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        const above = heap[parent];
        if (!above || !before(place, above)) break;
        heap[index] = above;
        index = parent;
      }
      heap[index] = place;
    },
    pop: () => {
      const last = heap.pop();
      if (!last || heap.length === 0) return;
      let index = 0;
      for (;;) {
        const left = heap[2 * index + 1];
        const right = heap[2 * index + 2];
        const next = right && left && before(right, left) ? right : left;
        if (!next || !before(next, last)) break;
        heap[index] = next;
        index = next === left ? 2 * index + 1 : 2 * index + 2;
      }
      heap[index] = last;
    },
  };
}
