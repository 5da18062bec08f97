import { DataError } from '../../contracts/errors.ts';
import { type ClientFrame, STREAM_LIMITS } from '../../contracts/stream.ts';
import { answerPing } from './answer-ping.ts';
import { createFrameLimiter, FRAME_RATE, type FrameFate } from './frame-limiter.ts';
import { introduce } from './introduce.ts';
import { mayHear } from './push.ts';
import { readFrame } from './read-frame.ts';
import { closeConnection, sendFrame } from './send-frame.ts';
import type { SocketEvent } from './socket-event.ts';
import { start } from './start.ts';
import type { Known, TalkPorts } from './stream-ports.ts';

/** Talks to clients, one event of API Gateway at a time. Answers go over the connection itself. */
export function createTalk(ports: TalkPorts): (event: SocketEvent) => Promise<void> {
  const fateOf = createFrameLimiter(ports);
  return async (event) => {
    const { what, connectionId } = event;
    const now = ports.clock.now();
    if (what === 'connect')
      return ports.connections.put({ id: connectionId, connectedAt: now, until: now + STREAM_LIMITS.initWithinMs });
    if (what === 'disconnect') return ports.connections.remove(connectionId);
    const fate = fateOf(connectionId);
    if (fate === 'hear') await hear(event, ports);
    else await refuseFlood(event, fate, ports);
  };
}

async function refuseFlood({ connectionId, source }: SocketEvent, fate: FrameFate, ports: TalkPorts): Promise<void> {
  if (fate === 'tell') return refuse(connectionId, undefined, tooMany, ports);
  if (fate !== 'close') return;
  const reason = `connection ${connectionId} sends more than ${FRAME_RATE.perSecond} frames a second`;
  const from = source === undefined ? {} : { source };
  ports.securityLog.note({ kind: 'rate_limited', at: ports.clock.now(), reason, code: 'too_many_frames', ...from });
  await closeConnection(connectionId, 'too_many_frames', ports);
}

async function hear(event: SocketEvent, ports: TalkPorts): Promise<void> {
  const { connectionId } = event;
  const connection = await ports.connections.get(connectionId);
  // It has been closed while this frame was on its way.
  if (!connection) return ports.sockets.close(connectionId);
  let frame: ClientFrame | undefined;
  try {
    frame = readFrame(event.body);
    if (frame.type === 'connection_init') return await introduce(connection, frame, event, ports);
    const { client } = connection;
    if (!client) return await closeConnection(connectionId, 'unauthenticated', ports);
    if (!(await mayHear({ connectionId, until: connection.until, principal: client.principal }, ports))) return;
    const known: Known = { ...connection, client };
    if (frame.type === 'start') await start(known, frame, event, ports);
    else if (frame.type === 'stop') await ports.connections.unfollow(connectionId, frame.id);
    else await answerPing(known, ports);
  } catch (error) {
    if (!(error instanceof DataError)) {
      ports.logger.error('a frame could not be answered', { connection: connectionId, type: frame?.type, error });
      await refuse(connectionId, frame, unavailable, ports);
      return;
    }
    ports.logger.info('frame refused', { connection: connectionId, code: error.code, reason: error.message });
    await refuse(connectionId, frame, error, ports);
    if (!connection.client) await closeConnection(connectionId, 'bad_frame', ports);
  }
}

const tooMany = new DataError(
  'too_many_frames',
  `a connection may say ${FRAME_RATE.perSecond} frames a second: this one was not read`,
);
const unavailable = new DataError('unavailable', 'this could not be done now: try again in a moment');

async function refuse(
  connectionId: string,
  frame: ClientFrame | undefined,
  { code, message }: DataError,
  ports: TalkPorts,
): Promise<void> {
  const id = frame && 'id' in frame ? { id: frame.id } : {};
  await sendFrame(connectionId, { type: 'error', ...id, payload: { code, message } }, ports);
}
