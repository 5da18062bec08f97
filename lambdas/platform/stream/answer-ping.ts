import { STREAM_LIMITS } from '../../contracts/stream.ts';
import { numbered } from './log-writer.ts';
import { sendFrame } from './send-frame.ts';
import type { Known, TalkPorts } from './stream-ports.ts';
import { tellEnd } from './tell-end.ts';

/**
 * Says how far everything has come that the connection follows: the only way to notice that the last frame was lost. What
 * is followed stays kept for another day.
 */
export async function answerPing(connection: Known, ports: TalkPorts): Promise<void> {
  const { clock, connections, log, watches } = ports;
  const followed = await connections.followedBy(connection.id);
  const positions: Record<string, number> = {};
  for (const { operationId, tenant, topic } of followed) {
    await watches.watch(tenant, topic, clock.now() + STREAM_LIMITS.keepMs);
    const tail = await log.tail(tenant, topic, 1);
    const last = tail.flatMap(numbered).at(-1);
    positions[operationId] = last?.seq ?? 0;
    await tellEnd({ connectionId: connection.id, operationId, tenant, topic }, last, ports);
  }
  const at = new Date(clock.now()).toISOString();
  await sendFrame(connection.id, { type: 'pong', payload: { at, positions } }, ports);
}
