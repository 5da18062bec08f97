import type { Door } from '../../access/door.ts';
import type { Json } from '../../contracts/json.ts';
import type { Principal } from '../../contracts/principal.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import type { Blobs, Bus, Clock, Ids, Logger, RunRecord, Runs } from '../../runtime/ports.ts';
import type { MessageSecurity } from '../../runtime/signing/message-security.ts';
import type { Connection, Connections, Sockets, StreamLog, Watches } from '../../runtime/stream/stream-ports.ts';
import type { RequestLimits } from '../../tenancy/request-limits.ts';
import type { Standing } from '../../tenancy/standing.ts';

/** What every part of the stream touches. */
export interface SendPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connections: Connections;
  readonly sockets: Sockets;
  /** At most some seconds old. */
  isRevoked(principal: Principal): Promise<boolean>;
}

/** What the writer of the logs touches. */
export interface WritePorts extends SendPorts {
  readonly log: StreamLog;
  readonly watches: Watches;
  readonly blobs: Pick<Blobs, 'get'>;
  readonly messageSecurity: MessageSecurity;
  readonly securityLog: SecurityLog;
  /** Role ids by the platform's senders and by agents; undefined where the deployment does not say. */
  roleOf(sender: string): Promise<string | undefined>;
  /** The agent whose role has this id; undefined when it is none's. */
  agentBehind(role: string): Promise<string | undefined>;
}

/** A connection whose client is known, and may still be told something. */
export type Known = Connection & { readonly client: NonNullable<Connection['client']> };

/** What talks to clients. */
export interface TalkPorts extends SendPorts {
  readonly ids: Ids;
  readonly log: StreamLog;
  readonly watches: Watches;
  readonly runs: Pick<Runs, 'get'>;
  readonly bus: Pick<Bus, 'publish'>;
  /** Who is let in, and may what; notes whom it refuses. */
  readonly door: Pick<Door, 'admitToken' | 'permit'>;
  /** How often everybody asks, over HTTP or here. */
  readonly limits: RequestLimits;
  readonly standing: Standing;
  readonly securityLog: Pick<SecurityLog, 'note'>;
  /** What a run that has completed answered, from its journal; undefined when that is gone. */
  resultOf(run: RunRecord): Promise<Json | undefined>;
  sleep(ms: number): Promise<void>;
}
