import { DataError } from '../../contracts/errors.ts';
import { type ClientFrame, STREAM_LIMITS } from '../../contracts/stream.ts';
import type { Connection } from '../../runtime/stream/stream-ports.ts';
import { closeConnection, sendFrame } from './send-frame.ts';
import type { SocketEvent } from './socket-event.ts';
import type { TalkPorts } from './stream-ports.ts';

/**
 * Learns who is at the other end. A connection is somebody's for good: a client that wants to be another, or has a new
 * token, connects anew.
 */
export async function introduce(
  connection: Connection,
  { payload }: Extract<ClientFrame, { type: 'connection_init' }>,
  { source }: SocketEvent,
  ports: TalkPorts,
): Promise<void> {
  if (connection.client) throw new DataError('already_initialised', 'who is connected has been said: connect anew');
  const admitted = await ports.door.admitToken(payload.token, source === undefined ? {} : { source });
  if (!admitted.ok) return closeConnection(connection.id, 'unauthenticated', ports);
  const { principal } = admitted;
  const until = Math.min(principal.expiresAt, connection.connectedAt + STREAM_LIMITS.longestConnectionMs);
  await ports.connections.put({ ...connection, until, client: { id: payload.client_id, principal } });
  const expires_at = new Date(until).toISOString();
  await sendFrame(
    connection.id,
    { type: 'connection_ack', payload: { client_id: payload.client_id, expires_at } },
    ports,
  );
}
