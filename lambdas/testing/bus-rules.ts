import type { PublishedEvent } from '../adapters/memory/memory-bus.ts';
import { REPLAY_SOURCE } from '../contracts/bus-events.ts';
import type { Clock, Ids, Queues } from '../runtime/ports.ts';
import type { Hooks } from './hooks.ts';

/** Events with these names go to this queue. */
export interface BusRule {
  readonly events: readonly string[] | ((event: { readonly source: string; readonly detailType: string }) => boolean);
  /** A URL. */
  readonly queue: string;
  /** Default: who published it. */
  readonly groupId?: string;
}

interface BusSurroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly queues: Queues;
  readonly hooks: Hooks;
  /** Where events go that a target does not take. */
  readonly undelivered: string;
  fail(error: unknown): void;
}

/** EventBridge: hands an event to the queue of every rule that names it. The order of events is kept, which AWS does not promise. */
export function deliverEvents(rules: readonly BusRule[], around: BusSurroundings): (event: PublishedEvent) => void {
  const { clock, ids, queues, hooks } = around;
  const put = (queue: string, body: string, groupId: string): void => {
    // Deduplicated by its content, as EventBridge has it.
    const unique = queue.endsWith('.fifo') ? { deduplicationId: body } : {};
    queues.send(queue, [{ body, groupId, ...unique }]).catch((error) => around.fail(error));
  };
  return (event) => {
    if (event.source === REPLAY_SOURCE) return;
    for (const { events, queue, groupId = event.source } of rules) {
      if (!(typeof events === 'function' ? events(event) : events.includes(event.detailType))) continue;
      const fate = hooks.route?.(event.detailType, queue) ?? 'deliver';
      const body = JSON.stringify(asEventBridge(event, ids.uuid(), clock.now()));
      put(fate === 'undelivered' ? around.undelivered : queue, body, groupId);
      if (fate === 'twice') put(queue, body, groupId);
    }
  };
}

/** An event as EventBridge writes it into a queue. */
function asEventBridge({ source, detailType, detail }: PublishedEvent, id: string, now: number) {
  const time = new Date(now).toISOString();
  const origin = { account: '000000000000', region: 'memory', resources: [] };
  return { version: '0', id, 'detail-type': detailType, source, time, ...origin, detail };
}
