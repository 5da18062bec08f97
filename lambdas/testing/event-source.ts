import type { MemoryQueue } from '../adapters/memory/memory-queue.ts';
import type { Meter } from '../adapters/memory/meter.ts';
import type { Clock } from '../runtime/ports.ts';
import type { QueueRecord } from '../runtime/queue-record.ts';
import type { EventLoop, Job } from './event-loop.ts';
import type { DeliveryFault, Hooks } from './hooks.ts';
import { type Invocations, invoke } from './invocation.ts';
import type { LambdaProcess } from './lambda-process.ts';
import { arnOf } from './queue-urls.ts';

export interface EventSourceSpec {
  readonly queue: MemoryQueue;
  readonly process: LambdaProcess;
  readonly batchSize: number;
  readonly maxConcurrency: number;
  /** Default: never. */
  readonly isPaused?: () => boolean;
}

export interface SourceSurroundings {
  readonly clock: Clock;
  readonly loop: EventLoop;
  readonly hooks: Hooks;
  readonly meter: Meter;
  readonly invocations: Invocations;
}

/**
 * Lambda's event source mapping: as long as fewer than `maxConcurrency` invocations are under way it takes up to
 * `batchSize` messages and invokes the Lambda; what the answer does not name as failed is deleted.
 */
export function createEventSource(spec: EventSourceSpec, around: SourceSurroundings): Job {
  const { queue, process, batchSize, maxConcurrency } = spec;
  const { clock, loop, hooks, meter } = around;
  const queueArn = arnOf(queue.url);
  let active = 0;
  let alarm: { at: number; cancel: () => void } | undefined;

  const source: Job = {
    run() {
      while (active < maxConcurrency && !spec.isPaused?.()) {
        const at = queue.nextAt();
        if (at === undefined || at > clock.now()) return wakeAt(at);
        const records = queue.receive(batchSize).map((record): QueueRecord => ({ ...record, queueArn }));
        // Nothing: the messages that were there went to the dead letters.
        if (records.length > 0) deliver(records);
      }
    },
  };

  /** One alarm at most, and none for messages that have left: a clock with nothing on it means rest. */
  function wakeAt(at: number | undefined): void {
    if (alarm?.at === at) return;
    alarm?.cancel();
    alarm = undefined;
    if (at === undefined) return;
    const cancel = clock.after(at - clock.now(), () => {
      alarm = undefined;
      loop.soon(source);
    });
    alarm = { at, cancel };
  }

  function deliver(records: readonly QueueRecord[]): void {
    const fault = hooks.deliver?.({ process: process.name, queue: queue.url, records, copy: 1 }) ?? {};
    start(records, fault);
    fault.copies?.forEach((later, index) => {
      const again = { process: process.name, queue: queue.url, records, copy: index + 2 };
      const { copies: _, ...own } = hooks.deliver?.(again) ?? {};
      start(records, { ...own, delayMs: later + (own.delayMs ?? 0) });
    });
  }

  function start(records: readonly QueueRecord[], fault: DeliveryFault): void {
    active += 1;
    const free = (): void => {
      active -= 1;
      loop.soon(source);
    };
    const run = (): void => {
      if (fault.throttled) {
        const messages = records.map((record) => record.id);
        const { name } = process;
        hooks.step?.({ at: clock.now(), kind: 'throttled', process: name, container: 0, queue: queue.url, messages });
        free();
        return;
      }
      meter.add('lambda', 1);
      invoke({ process, queue: queue.url, records, fault }, around, (failed) => {
        if (failed) acknowledge(records, failed);
        free();
      });
    };
    const { delayMs = 0 } = fault;
    if (delayMs > 0) clock.after(delayMs, run);
    else run();
  }

  function acknowledge(records: readonly QueueRecord[], failed: ReadonlySet<string>): void {
    const done = records.filter((record) => !failed.has(record.id)).map((record) => record.receiptHandle);
    if (done.length > 0) queue.delete(done);
  }

  return source;
}
