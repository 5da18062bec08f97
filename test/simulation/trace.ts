import type { PublishedEvent } from '../../lambdas/adapters/memory/memory-bus.ts';
import type { PortCall, Step } from '../../lambdas/testing/hooks.ts';

/** Everything that happened in a history, in order, as one number: the same seed gives the same. */
export interface Trace {
  step(step: Step): void;
  call(call: PortCall): void;
  event(event: PublishedEvent): void;
  /** Eight hexadecimal digits of all so far. */
  hash(): string;
  /** The last things that happened, for whoever looks for the reason. */
  readonly lines: readonly string[];
}

/** @param keep keeps every line, to be read by a person */
export function createTrace(startedAt: number, keep: boolean): Trace {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  const lines: string[] = [];
  function note(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      high = Math.imul(high ^ code, 0x01000193);
      low = Math.imul(low ^ code, 0x85ebca6b);
    }
    high ^= low >>> 15;
    if (keep) lines.push(text);
  }
  return {
    lines,
    step: ({ at, kind, process, container, queue, messages }) =>
      note(`${at - startedAt} ${kind} ${process}/${container} ${queue} ${messages.join(' ')}`),
    call: ({ process, container, port, method, args }) =>
      note(
        keep
          ? `  ${process}/${container} ${port}.${method} ${JSON.stringify(args).slice(0, 2_000)}`
          : `${process}/${container} ${port}.${method}`,
      ),
    event: ({ source, detailType, detail }) =>
      note(
        keep
          ? `  bus: ${source} ${detailType} ${JSON.stringify(detail)}`
          : `${source} ${detailType} ${String(detail.task_id ?? '')} ${String(detail.at ?? '')}`,
      ),
    hash: () => (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0'),
  };
}
