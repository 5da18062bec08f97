import type { Header } from '../contracts/envelope.ts';
import { asJson } from '../contracts/json.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { TaskUpdate } from '../contracts/messages.ts';
import type { AgentPorts } from './agent-ports.ts';
import { encodeMessage } from './message-codec.ts';
import type { OutgoingMessage } from './ports.ts';

interface Pending {
  readonly recordId: string;
  readonly assignment: Header;
  readonly runId: string;
  readonly update: TaskUpdate;
}

/** While a batch is under way, what is finished is reported at least this often. */
const FLUSH_EVERY_MS = 1_000;
/** The most updates in one message. */
const UPDATES_PER_REPORT = 100;

export interface Reporter {
  add(pending: Pending): void;
  /** Sends what is pending, one message per run. What can't be sent is kept in `unsent`. */
  flush(): Promise<void>;
  /** Records whose report did not leave: they must come back to the inbox. */
  unsent(): readonly string[];
}

/** Gathers a batch's outcomes, so that ten tasks cost one report. */
export function createReporter(
  { name: agent, confidential }: Pick<Manifest, 'name' | 'confidential'>,
  ports: Pick<AgentPorts, 'queues' | 'blobs' | 'messageSecurity' | 'ids' | 'clock' | 'logger' | 'coordinatorQueue'>,
): Reporter {
  let pending: Pending[] = [];
  let lastFlush = ports.clock.now();
  let cancelTimer: (() => void) | undefined;
  let sending: Promise<void> = Promise.resolve();
  const lost: string[] = [];

  async function message(runId: string, items: readonly Pending[], first: Pending): Promise<OutgoingMessage> {
    const header: Header = {
      message_id: ports.ids.uuid(),
      correlation_id: first.assignment.correlation_id,
      timestamp: new Date(ports.clock.now()).toISOString(),
      sender: agent,
      receiver: 'coordinator',
      message_type: 'status_update',
      priority: first.assignment.priority,
      reply_to: first.assignment.message_id,
      ttl: 1_209_600,
      tenant: first.assignment.tenant,
      schema_version: 1,
    };
    const payload = asJson({ run_id: runId, agent, updates: items.map((item) => item.update) });
    return {
      body: await encodeMessage({ header, payload }, ports, { confidential }),
      groupId: runId,
      deduplicationId: ports.ids.uuid(),
    };
  }

  async function send(items: readonly Pending[]): Promise<void> {
    try {
      const messages: OutgoingMessage[] = [];
      for (const [runId, group] of Map.groupBy(items, (item) => item.runId)) {
        for (let from = 0; from < group.length; from += UPDATES_PER_REPORT) {
          const part = group.slice(from, from + UPDATES_PER_REPORT);
          const [first] = part;
          if (first) messages.push(await message(runId, part, first));
        }
      }
      await ports.queues.send(ports.coordinatorQueue, messages);
    } catch (error) {
      lost.push(...items.map((item) => item.recordId));
      ports.logger.error('report could not be sent; its tasks come back to the inbox', { tasks: items.length, error });
    }
  }

  function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    const items = pending;
    pending = [];
    lastFlush = ports.clock.now();
    if (items.length > 0) sending = sending.then(() => send(items));
    return sending;
  }

  return {
    add(item) {
      pending.push(item);
      const due = lastFlush + FLUSH_EVERY_MS - ports.clock.now();
      if (due <= 0) void flush();
      // Else it would wait for the next task to end, and the coordinator take its agent for silent.
      else cancelTimer ??= ports.clock.after(due, flush);
    },
    flush,
    unsent: () => lost,
  };
}
