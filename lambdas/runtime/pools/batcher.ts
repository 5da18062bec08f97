import type { Clock } from '../ports.ts';

export interface BatcherOptions {
  /** A batch goes out when it has so many items … */
  readonly size: number;
  /** … or when its first item has waited so long. */
  readonly waitMs: number;
}

/** Collects single items into batches. */
export interface Batcher<I, O> {
  /** Answers what its batch answered for it; fails as its batch fails. */
  add(item: I): Promise<O>;
  /** Sends what has been collected at once, and waits for all that is under way. Call it before an invocation ends. */
  flush(): Promise<void>;
}

/**
 * Asynchronous batching by size and timer.
 * @param work answers one output per item, in their order
 */
export function createBatcher<I, O>(
  { size, waitMs }: BatcherOptions,
  clock: Clock,
  work: (items: readonly I[]) => Promise<readonly O[]>,
): Batcher<I, O> {
  interface Waiting {
    readonly item: I;
    resolve(output: O): void;
    reject(error: unknown): void;
  }
  let collected: Waiting[] = [];
  let stopTimer: (() => void) | undefined;
  const underWay = new Set<Promise<void>>();

  async function carry(batch: readonly Waiting[]): Promise<void> {
    try {
      const outputs = await work(batch.map(({ item }) => item));
      if (outputs.length !== batch.length)
        throw new Error(`a batch of ${batch.length} items was answered with ${outputs.length}`);
      for (const [at, output] of outputs.entries()) batch[at]?.resolve(output);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  function send(): void {
    stopTimer?.();
    stopTimer = undefined;
    const batch = collected;
    collected = [];
    if (batch.length === 0) return;
    const sent = carry(batch).finally(() => underWay.delete(sent));
    underWay.add(sent);
  }

  return {
    add(item) {
      return new Promise<O>((resolve, reject) => {
        collected.push({ item, resolve, reject });
        if (collected.length >= size) send();
        else stopTimer ??= clock.after(waitMs, send);
      });
    },
    async flush() {
      send();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
