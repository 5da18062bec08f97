import type { Line, StoredMessage } from './stored-message.ts';

interface Group {
  /** In order; those before `head` are taken. */
  waiting: StoredMessage[];
  head: number;
  /** Given out: while one of them is neither deleted nor visible again, the group gives out nothing. */
  held: StoredMessage[];
}

/**
 * A FIFO queue: within a group in order, and to one receiver at a time. One receive call may take several messages of
 * a group, and may mix groups; a group that was served goes to the end.
 */
export function fifoLine(): Line {
  const groups = new Map<string, Group>();

  /** Whether the group is free; what came back stands in front again, in its old order. */
  function settle(group: Group, now: number): boolean {
    group.held = group.held.filter((message) => !message.gone);
    if (group.held.some((message) => message.visibleAt > now)) return false;
    if (group.held.length > 0) group.waiting = [...group.held, ...group.waiting.slice(group.head)];
    // Taken messages are let go of now and then, not at each turn: a long group would be copied each time.
    else if (group.head > 256 && group.head * 2 > group.waiting.length) group.waiting = group.waiting.slice(group.head);
    else return true;
    group.head = 0;
    group.held = [];
    return true;
  }

  return {
    add: (message) => {
      const name = message.groupId ?? '';
      const group = groups.get(name) ?? { waiting: [], head: 0, held: [] };
      groups.set(name, group);
      group.waiting.push(message);
    },
    changed: () => {},
    take: (max, now, admit) => {
      const taken: StoredMessage[] = [];
      for (const [name, group] of [...groups]) {
        if (taken.length >= max) break;
        if (!settle(group, now)) continue;
        groups.delete(name);
        for (; taken.length < max; group.head++) {
          const message = group.waiting[group.head];
          if (!message || message.visibleAt > now) break;
          if (!admit(message)) continue;
          group.held.push(message);
          taken.push(message);
        }
        if (group.held.length > 0 || group.head < group.waiting.length) groups.set(name, group);
      }
      return taken;
    },
    nextAt: () => {
      let next: number | undefined;
      for (const group of groups.values()) {
        const held = group.held.filter((message) => !message.gone).map((message) => message.visibleAt);
        const at = held.length > 0 ? Math.max(...held) : group.waiting[group.head]?.visibleAt;
        if (at !== undefined && (next === undefined || at < next)) next = at;
      }
      return next;
    },
  };
}
