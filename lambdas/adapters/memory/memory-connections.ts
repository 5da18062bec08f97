import type { Connection, Connections, Follower, Sockets } from '../../runtime/stream/stream-ports.ts';

/** Who is connected and follows what, in memory. */
export function memoryConnections(): Connections {
  const connections = new Map<string, Connection>();
  const followers = new Map<string, Follower>();
  const keyOf = (connectionId: string, operationId: string): string => `${connectionId}#${operationId}`;
  const inOrder = (): Follower[] => [...followers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, follower]) => follower);
  return {
    put: async (connection) => void connections.set(connection.id, connection),
    get: async (connectionId) => connections.get(connectionId),
    remove: async (connectionId) => {
      connections.delete(connectionId);
      for (const [key, follower] of followers) if (follower.connectionId === connectionId) followers.delete(key);
    },
    follow: async (follower) => void followers.set(keyOf(follower.connectionId, follower.operationId), follower),
    unfollow: async (connectionId, operationId) => void followers.delete(keyOf(connectionId, operationId)),
    followedBy: async (connectionId) =>
      inOrder()
        .filter((follower) => follower.connectionId === connectionId)
        .map(({ operationId, tenant, topic }) => ({ connectionId, operationId, tenant, topic })),
    followersOf: async (tenant, topic) =>
      inOrder().filter((follower) => follower.tenant === tenant && follower.topic === topic),
    list: async () => ({ connections: [...connections.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) }),
  };
}

/** The other ends, in memory: what each has been sent, in order, and who has been closed. */
export interface MemorySockets extends Sockets {
  open(connectionId: string, onFrame?: (frame: string) => void): void;
  /** It breaks: nothing reaches it any more, and nobody is told. */
  drop(connectionId: string): void;
  readonly closed: ReadonlySet<string>;
}

export function memorySockets(): MemorySockets {
  const open = new Map<string, (frame: string) => void>();
  const closed = new Set<string>();
  return {
    closed,
    open: (connectionId, onFrame = () => {}) => void open.set(connectionId, onFrame),
    drop: (connectionId) => void open.delete(connectionId),
    post: async (connectionId, frame) => {
      const onFrame = open.get(connectionId);
      if (!onFrame) return 'gone';
      onFrame(frame);
      return 'sent';
    },
    close: async (connectionId) => {
      open.delete(connectionId);
      closed.add(connectionId);
    },
  };
}
