import type { JsonObject } from '../../contracts/json.ts';
import { withHops } from '../../runtime/hops.ts';
import type { Bus } from '../../runtime/ports.ts';
import { eventBytes } from '../event-bytes.ts';
import { frozen } from './frozen.ts';
import { chunks, type Meter } from './meter.ts';

/** An event as subscribers see it. */
export interface PublishedEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: JsonObject;
}

/**
 * The bus in memory: events are handed to each subscriber, in order, before publishing answers. All of them see the same
 * object, which nobody can write in.
 */
export interface MemoryBus extends Bus {
  subscribe(subscriber: (event: PublishedEvent) => void): void;
}

export function memoryBus(meter: Meter): MemoryBus {
  const subscribers: Array<(event: PublishedEvent) => void> = [];
  function put(source: string, detailType: string, detail: unknown): void {
    const text = JSON.stringify(detail);
    meter.add('events', chunks(eventBytes({ Source: source, DetailType: detailType, Detail: text })));
    const event = { source, detailType, detail: frozen<JsonObject>(JSON.parse(text)) };
    for (const subscriber of subscribers) subscriber(event);
  }
  return {
    subscribe: (subscriber) => void subscribers.push(subscriber),
    publish: async (source, events) => {
      for (const event of events) put(source, event.name, event.detail);
    },
    publishToChannel: async (source, channel, detail, hops) => put(source, channel, withHops(detail, hops)),
  };
}
