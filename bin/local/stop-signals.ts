/** Ends a command in good order: the first signal asks for it, a second one does not wait. */
export class StopSignals {
  readonly #controller = new AbortController();
  #exitCode = 0;

  constructor() {
    for (const [name, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.on(name, () => {
        if (this.signal.aborted && name === 'SIGINT') process.exit(code);
        this.#exitCode = code;
        this.#controller.abort();
      });
    }
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
