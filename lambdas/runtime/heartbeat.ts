import type { AgentPorts } from './agent-ports.ts';
import type { QueueRecord } from './queue-record.ts';

/** A message stays hidden this long past its last sign of life. */
const HIDDEN_SECONDS = 60;
const RENEW_EVERY_MS = 20_000;
/**
 * Batches that end within this need no sign of life at all, which saves a request per batch.
 * A crash before it is found by the coordinator's own timer, or when the queue's visibility ends.
 */
const FIRST_AFTER_MS = 1_000;

/**
 * Quick redelivery (rule 7): shortens the messages' visibility to 60 s and renews it every 20 s while work goes on, so
 * that a crash is noticed within a minute however long the queue's own visibility is.
 */
export function createHeartbeat(
  records: readonly QueueRecord[],
  ports: Pick<AgentPorts, 'visibility' | 'logger' | 'inboxUrl'>,
) {
  const held = new Set(records);
  let timer = setTimeout(tick, FIRST_AFTER_MS);

  async function renew(): Promise<void> {
    const byQueue = Map.groupBy(held, (record) => ports.inboxUrl(record.queueArn ?? ''));
    for (const [url, group] of byQueue) {
      if (url === undefined) continue;
      await ports.visibility.extend(
        url,
        group.map((record) => record.receiptHandle),
        HIDDEN_SECONDS,
      );
    }
  }

  function tick(): void {
    timer = setTimeout(tick, RENEW_EVERY_MS);
    renew().catch((error: unknown) => ports.logger.warn('heartbeat failed', { error }));
  }

  return {
    renew,
    /** This message is dealt with; the rest stay alive. */
    done: (record: QueueRecord): void => void held.delete(record),
    stop: (): void => clearTimeout(timer),
  };
}
