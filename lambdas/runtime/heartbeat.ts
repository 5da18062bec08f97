import type { AgentPorts } from './agent-ports.ts';
import type { QueueRecord } from './queue-record.ts';

/** A message stays hidden this long past its last sign of life. */
const HIDDEN_SECONDS = 60;
const RENEW_EVERY_MS = 20_000;
/** Agents with at most this timeout have many small tasks, and most of their batches are over within milliseconds. */
const QUICK_SECONDS = 10;
/** They send the first sign of life only after this, which saves a tenth of a request per task. */
const QUICK_GRACE_MS = 250;

/**
 * Quick redelivery (rule 7): shortens the messages' visibility to 60 s on receipt and renews it every 20 s while work
 * goes on, so that a crash is noticed within a minute however long the queue's own visibility is.
 */
export function createHeartbeat(
  records: readonly QueueRecord[],
  timeoutSeconds: number,
  ports: Pick<AgentPorts, 'visibility' | 'logger' | 'inboxUrl'>,
) {
  const held = new Set(records);
  let timer = setTimeout(beat, timeoutSeconds > QUICK_SECONDS ? 0 : QUICK_GRACE_MS);

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

  function beat(): void {
    timer = setTimeout(beat, RENEW_EVERY_MS);
    renew().catch((error: unknown) => ports.logger.warn('heartbeat failed', { error }));
  }

  return {
    renew,
    /** This message is dealt with; the rest stay alive. */
    done: (record: QueueRecord): void => void held.delete(record),
    stop: (): void => clearTimeout(timer),
  };
}
