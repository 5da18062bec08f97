/** A terminal and the launcher both pass on one Ctrl-C. */
const SAME_SIGNAL_MS = 500;

/** Ends a command in good order: the first signal asks for it, a second one does not wait. */
export class StopSignals {
  readonly #controller = new AbortController();
  #exitCode = 0;
  #at = 0;

  constructor() {
    for (const [name, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.on(name, () => {
        if (this.signal.aborted && name === 'SIGINT' && performance.now() - this.#at > SAME_SIGNAL_MS)
          process.exit(code);
        this.#at = performance.now();
        this.#exitCode = code;
        this.#controller.abort();
      });
    }
    // The launcher was killed, and could pass on no signal.
    process.once('disconnect', () => this.#controller.abort());
    process.channel?.unref();
    // A terminal that is gone must not end us before everything we started has been stopped.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => this.#controller.abort());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What a shell expects of a process that a signal has ended. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Resolves at the first signal. */
  async received(): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}
