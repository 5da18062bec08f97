import type { Line, StoredMessage } from './stored-message.ts';

interface Place {
  readonly at: number;
  readonly order: number;
  readonly message: StoredMessage;
}

const before = (a: Place, b: Place): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A standard queue: whatever is visible, longest first. A heap by time; outdated places are skipped when they surface. */
export function standardLine(): Line {
  const heap: Place[] = [];
  let order = 0;

  function push(message: StoredMessage): void {
    const place = { at: message.visibleAt, order: order++, message };
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || !before(place, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = place;
  }

  function pop(): void {
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
  }

  function top(): Place | undefined {
    for (;;) {
      const place = heap[0];
      if (!place || (!place.message.gone && place.message.visibleAt === place.at)) return place;
      pop();
    }
  }

  return {
    add: push,
    changed: push,
    take: (max, now, admit) => {
      const taken: StoredMessage[] = [];
      for (let place = top(); place && place.at <= now && taken.length < max; place = top()) {
        pop();
        if (admit(place.message)) taken.push(place.message);
      }
      for (const message of taken) push(message);
      return taken;
    },
    nextAt: () => top()?.at,
  };
}
