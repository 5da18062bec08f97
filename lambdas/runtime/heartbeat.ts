import { LIVENESS } from '../contracts/limits.ts';
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
 * @param sayAlive called every `LIVENESS.beatEveryMs`, first after as long: quick work never says anything
 */
export function createHeartbeat(
  records: readonly QueueRecord[],
  timeoutSeconds: number,
  ports: Pick<AgentPorts, 'visibility' | 'logger' | 'inboxUrl' | 'clock'>,
  sayAlive: () => Promise<void>,
) {
  const held = new Set(records);
  const stops = [
    repeat(timeoutSeconds > QUICK_SECONDS ? 0 : QUICK_GRACE_MS, RENEW_EVERY_MS, renew),
    repeat(LIVENESS.beatEveryMs, LIVENESS.beatEveryMs, sayAlive),
  ];

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

  /** @returns what stops it */
  function repeat(firstMs: number, everyMs: number, beat: () => Promise<void>): () => void {
    const onTime = (): void => {
      cancel = ports.clock.after(everyMs, onTime);
      beat().catch((error: unknown) => ports.logger.warn('heartbeat failed', { error }));
    };
    let cancel = ports.clock.after(firstMs, onTime);
    return () => cancel();
  }

  return {
    renew,
    /** This message is dealt with; the rest stay alive. */
    done: (record: QueueRecord): void => void held.delete(record),
    stop: (): void => {
      for (const stop of stops) stop();
    },
  };
}
