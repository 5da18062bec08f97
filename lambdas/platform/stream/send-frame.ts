import { CLOSING, type ClosingReason, type ServerFrame, STREAM_LIMITS } from '../../contracts/stream.ts';
import type { SendPorts } from './stream-ports.ts';

/** False when nobody is there any more, or does not take it: then the connection is gone for good, and all it followed. */
export async function sendFrame(connectionId: string, frame: ServerFrame, ports: SendPorts): Promise<boolean> {
  const sent = await ports.sockets.post(connectionId, JSON.stringify(frame));
  if (sent === 'sent') return true;
  if (sent === 'slow') await closeConnection(connectionId, 'too_slow', ports, false);
  else await ports.connections.remove(connectionId);
  return false;
}

/** @param say tells why, first; not to who takes nothing any more */
export async function closeConnection(
  connectionId: string,
  why: ClosingReason,
  { connections, sockets, logger }: Pick<SendPorts, 'connections' | 'sockets' | 'logger'>,
  say = true,
): Promise<void> {
  const frame: ServerFrame = { type: 'connection_closing', payload: CLOSING[why] };
  logger.info('connection closed', { connection: connectionId, why });
  // Gone before it is closed: whatever happens now, nothing is sent to it any more.
  await connections.remove(connectionId);
  if (say) await sockets.post(connectionId, JSON.stringify(frame));
  await sockets.close(connectionId);
}

/** Bytes that a frame with this body has at most. */
export const fits = (body: unknown): boolean => Buffer.byteLength(JSON.stringify(body)) <= STREAM_LIMITS.frameOut;
