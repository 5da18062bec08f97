import type { ServerFrame, Topic } from '../../contracts/stream.ts';
import type { Follower } from '../../runtime/stream/stream-ports.ts';
import { isEnd, type Numbered } from './log-writer.ts';
import { closeConnection, sendFrame } from './send-frame.ts';
import type { SendPorts } from './stream-ports.ts';

/** Followers that are told at once. */
const AT_ONCE = 20;
/** As long as one of them may hold the others up, ms; then it has to connect again. */
const PATIENCE_MS = 3_000;

/** Tells everybody who follows the topic; nobody is told anything once the token has ended or was taken back. */
export async function push(
  tenant: string,
  topic: Topic,
  records: readonly Numbered[],
  ports: SendPorts,
): Promise<number> {
  if (records.length === 0) return 0;
  const followers = await ports.connections.followersOf(tenant, topic);
  const byConnection = [...Map.groupBy(followers, ({ connectionId }) => connectionId).values()].values();
  await Promise.all(
    Array.from({ length: Math.min(AT_ONCE, followers.length) }, async () => {
      for (const own of byConnection) {
        try {
          await tell(own, records, ports);
        } catch (error) {
          // It can read again what it has missed; the others must not wait.
          ports.logger.warn('a follower could not be told', { connection: own[0]?.connectionId, error });
        }
      }
    }),
  );
  return followers.length;
}

async function tell(own: readonly Follower[], records: readonly Numbered[], ports: SendPorts): Promise<void> {
  const started = ports.clock.now();
  for (const follower of own) {
    if (!(await mayHear(follower, ports))) return;
    for (const one of records) {
      if (ports.clock.now() - started > PATIENCE_MS)
        return closeConnection(follower.connectionId, 'too_slow', ports, false);
      if (!(await sendFrame(follower.connectionId, frameFor(follower.operationId, one), ports))) return;
    }
    const last = records.at(-1);
    if (last && isEnd(last.record)) await ports.connections.unfollow(follower.connectionId, follower.operationId);
  }
}

/** Whether the token is still good; if not, the connection is closed. */
export async function mayHear(
  { connectionId, until, principal }: Pick<Follower, 'connectionId' | 'until' | 'principal'>,
  ports: SendPorts,
): Promise<boolean> {
  if (until <= ports.clock.now()) {
    await closeConnection(connectionId, 'token_ended', ports);
    return false;
  }
  if (await ports.isRevoked(principal)) {
    await closeConnection(connectionId, 'token_revoked', ports);
    return false;
  }
  return true;
}

export function frameFor(operationId: string, { seq, record }: Numbered): ServerFrame {
  return { ...record.body, id: operationId, seq };
}
