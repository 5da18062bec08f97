import type { Clock } from '../runtime/ports.ts';
import type { QueueRecord } from '../runtime/queue-record.ts';
import { comeBackSoon } from '../runtime/redelivery.ts';
import type { DeliveryFault, Hooks, Step } from './hooks.ts';
import type { Container, LambdaProcess } from './lambda-process.ts';

/** The invocations under way, zombies included. */
export type Invocations = Set<object>;

export interface Invocation {
  readonly process: LambdaProcess;
  /** Its URL; empty for a scheduled call. */
  readonly queue: string;
  readonly records: readonly QueueRecord[];
  readonly fault: Pick<DeliveryFault, 'losesAnswer' | 'zombie'>;
}

/**
 * One invocation of a Lambda: in a warm container or a new one, until it answers, its time is over, or it dies.
 * @param answered gets the ids of the failed messages; undefined when there is no answer, so that all messages stay
 */
export function invoke(
  { process, queue, records, fault }: Invocation,
  { clock, hooks, invocations }: { clock: Clock; hooks: Hooks; invocations: Invocations },
  answered: (failed: ReadonlySet<string> | undefined) => void,
): void {
  const deadline = clock.now() + process.timeoutSeconds * 1_000;
  const self = {};
  let over = false;

  const step = (kind: Step['kind']): void => {
    if (!hooks.step) return;
    const messages = records.map((record) => record.id);
    hooks.step({ at: clock.now(), kind, process: process.name, container: container.container, queue, messages });
  };
  /** Says once what came of it, and gives the place of the event source free. */
  const end = (kind: Step['kind'], failed: ReadonlySet<string> | undefined): void => {
    if (over) return;
    over = true;
    cancelTimeout();
    step(kind);
    answered(failed);
  };

  const container: Container = process.take(() => {
    invocations.delete(self);
    end('killed', undefined);
  });
  invocations.add(self);
  const cancelTimeout = clock.after(deadline - clock.now(), () => {
    end('timed_out', undefined);
    if (!fault.zombie) process.kill(container);
  });
  step('invoked');

  const ended = (kind: 'done' | 'failed', failed: ReadonlySet<string>): void => {
    invocations.delete(self);
    process.release(container);
    if (fault.losesAnswer) end('answer_lost', undefined);
    else end(kind, failed);
  };
  const invocation = { remainingMs: () => Math.max(0, deadline - clock.now()), note: () => {} };
  work(container, records, invocation).then(
    (failed) => ended('done', failed),
    () => ended('failed', new Set(records.map((record) => record.id))),
  );
}

/** What `queueHandler` does around the work, without its log line. */
async function work(
  container: Container,
  records: readonly QueueRecord[],
  invocation: Parameters<Container['work']>[1],
): Promise<ReadonlySet<string>> {
  let failed: ReadonlySet<string>;
  try {
    failed = new Set(await container.work(records, invocation));
  } catch (error) {
    container.logger.error('batch failed and goes back to its queue', { error, records: records.length });
    failed = new Set(records.map((record) => record.id));
  }
  if (failed.size > 0 && container.redelivery) {
    const back = records.filter((record) => failed.has(record.id));
    await comeBackSoon(back, container.redelivery, container.logger);
  }
  return failed;
}
