import type { AgentPorts } from './agent-ports.ts';
import type { QueueRecord } from './queue-record.ts';

/** A message stays hidden this long past its last sign of life. */
const HIDDEN_SECONDS = 60;
const RENEW_EVERY_MS = 20_000;
/** Up to this timeout an inbox's own visibility, six times the timeout, is about as short as ours. */
const SHORT_TIMEOUT_SECONDS = 10;

/**
 * Quick redelivery (rule 7): shortens the messages' visibility to 60 s on receipt and renews it every 20 s while work
 * goes on, so that a crash is noticed within a minute however long the queue's own visibility is. Agents whose own is
 * short already save the request on receipt: it would cost a tenth of a request per task.
 */
export function createHeartbeat(
  records: readonly QueueRecord[],
  timeoutSeconds: number,
  ports: Pick<AgentPorts, 'visibility' | 'logger' | 'inboxUrl'>,
) {
  const held = new Set(records);
  const timer = setInterval(beat, RENEW_EVERY_MS);

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
    renew().catch((error: unknown) => ports.logger.warn('heartbeat failed', { error }));
  }
  if (timeoutSeconds > SHORT_TIMEOUT_SECONDS) beat();

  return {
    renew,
    /** This message is dealt with; the rest stay alive. */
    done: (record: QueueRecord): void => void held.delete(record),
    stop: (): void => clearInterval(timer),
  };
}
