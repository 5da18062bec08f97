import type { Principal } from '../../contracts/principal.ts';
import type { StreamRecord, Topic } from '../../contracts/stream.ts';

/** Consecutive records of a topic, as they were written together. */
export interface LogRow {
  /** The number of its first record. */
  readonly first: number;
  readonly records: readonly StreamRecord[];
}

/** What was said about each topic, numbered from 1. Rows go after a day. */
export interface StreamLog {
  /** False, and nothing changes, when a row begins at this number already: its writer has fallen behind. */
  append(tenant: string, topic: Topic, row: LogRow, expiresAt: number): Promise<boolean>;
  /** The last rows, oldest first. Consistent. */
  tail(tenant: string, topic: Topic, rows: number): Promise<LogRow[]>;
  /** Rows with numbers above `after`, in order; the first may begin before. Consistent. */
  read(tenant: string, topic: Topic, after: number, rows: number): Promise<LogRow[]>;
}

/** Somebody at the other end of a WebSocket. */
export interface Connection {
  readonly id: string;
  readonly connectedAt: number;
  /** From then on it gets nothing more, ms: its token ends, or nobody has said who it is. */
  readonly until: number;
  /** Undefined as long as nobody has said who it is. */
  readonly client?: { readonly id: string; readonly principal: Principal };
}

/** One operation of a connection: what it follows, under the client's own name. */
export interface Subscription {
  readonly connectionId: string;
  readonly operationId: string;
  readonly tenant: string;
  readonly topic: Topic;
}
/** A subscription with all that decides whether it may be told something. */
export interface Follower extends Subscription {
  readonly until: number;
  readonly principal: Principal;
}

export interface Connections {
  /** Writes it anew. */
  put(connection: Connection): Promise<void>;
  get(connectionId: string): Promise<Connection | undefined>;
  /** Takes it away with all that it follows; harmless when it is gone. */
  remove(connectionId: string): Promise<void>;
  follow(follower: Follower): Promise<void>;
  unfollow(connectionId: string, operationId: string): Promise<void>;
  followedBy(connectionId: string): Promise<Subscription[]>;
  /** Consistent: who wrote to the log before asking misses nobody who reads it afterwards. */
  followersOf(tenant: string, topic: Topic): Promise<Follower[]>;
  /** Every connection, some hundred at a time; hand `next` back for more. */
  list(next?: string): Promise<{ readonly connections: readonly Connection[]; readonly next?: string }>;
}

/** Which topics anybody follows, or did within the last day: nothing is kept of the others. */
export interface Watches {
  /**
   * From now on the topic is kept, until `until`, ms.
   * @returns ms after which everybody knows it: nothing that happens later is missed
   */
  watch(tenant: string, topic: Topic, until: number): Promise<number>;
  /** Exact for topics of runs, whoever has asked before; other topics may take a second. */
  isWatched(tenant: string, topic: Topic): Promise<boolean>;
  /** Who follows what is no run. At most a second old. */
  shared(): Promise<ReadonlyArray<{ readonly tenant: string; readonly topic: Topic }>>;
}

/** The other ends. */
export interface Sockets {
  /** `slow`: it does not take it in time. @throws SystemError when the service does not answer */
  post(connectionId: string, frame: string): Promise<'sent' | 'gone' | 'slow'>;
  /** Harmless when it is gone. */
  close(connectionId: string): Promise<void>;
}
