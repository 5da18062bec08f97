import type { Line, StoredMessage } from './stored-message.ts';
import { timeHeap } from './time-heap.ts';

/** A standard queue: whatever is visible, longest first. Outdated places of a message are skipped when they surface. */
export function standardLine(): Line {
  const heap = timeHeap<StoredMessage>();
  const push = (message: StoredMessage): void => heap.push(message.visibleAt, message);

  function top() {
    for (;;) {
      const place = heap.peek();
      if (!place || (!place.item.gone && place.item.visibleAt === place.at)) return place;
      heap.pop();
    }
  }

  return {
    add: push,
    changed: push,
    take: (max, now, admit) => {
      const taken: StoredMessage[] = [];
      for (let place = top(); place && place.at <= now && taken.length < max; place = top()) {
        heap.pop();
        if (admit(place.item)) taken.push(place.item);
      }
      for (const message of taken) push(message);
      return taken;
    },
    nextAt: () => top()?.at,
  };
}
