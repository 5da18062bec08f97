import type { Connection } from '../../runtime/stream/stream-ports.ts';
import { mayHear } from './push.ts';
import { closeConnection } from './send-frame.ts';
import type { SendPorts } from './stream-ports.ts';

/**
 * Closes what may not stay open: connections whose token has ended or was revoked, and those that never said whose they
 * are. Called each minute, for those that nothing is sent to meanwhile; what is sent is checked each time.
 */
export async function closeEnded(ports: SendPorts): Promise<number> {
  let closed = 0;
  let next: string | undefined;
  do {
    const page = await ports.connections.list(next);
    for (const connection of page.connections) if (await wasClosed(connection, ports)) closed += 1;
    next = page.next;
  } while (next !== undefined);
  return closed;
}

async function wasClosed({ id, until, client }: Connection, ports: SendPorts): Promise<boolean> {
  try {
    if (client) return !(await mayHear({ connectionId: id, until, principal: client.principal }, ports));
    if (until > ports.clock.now()) return false;
    await closeConnection(id, 'init_timeout', ports);
    return true;
  } catch (error) {
    ports.logger.error('a connection could not be looked at', { connection: id, error });
    return false;
  }
}
