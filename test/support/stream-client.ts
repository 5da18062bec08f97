import { type ClientFrame, ServerFrame } from '../../lambdas/contracts/stream.ts';

/** A client of the WebSocket API, as anybody could write one. */
export class StreamClient {
  readonly frames: ServerFrame[] = [];
  readonly #socket: WebSocket;
  #closed = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.frames.push(ServerFrame.parse(JSON.parse(String(data))));
    });
    socket.addEventListener('close', () => {
      this.#closed = true;
    });
  }

  /** A line to the API, on which nobody has said anything yet. */
  static async open(url: string): Promise<StreamClient> {
    const socket = new WebSocket(url);
    const opened = Promise.withResolvers<void>();
    socket.addEventListener('open', () => opened.resolve(), { once: true });
    socket.addEventListener('error', () => opened.reject(new Error(`no connection to ${url}`)), { once: true });
    await opened.promise;
    return new StreamClient(socket);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  say(frame: ClientFrame | Record<string, unknown>): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** Waits for a frame like this. @throws Error when it does not come in time */
  async hears(isIt: (frame: ServerFrame) => boolean, withinMs = 60_000): Promise<ServerFrame> {
    const found = await this.#until(() => this.frames.find(isIt), withinMs);
    if (found) return found;
    throw new Error(`no such frame within ${withinMs} ms; there were ${JSON.stringify(this.frames).slice(0, 2_000)}`);
  }

  async closes(withinMs = 90_000): Promise<boolean> {
    return (await this.#until(() => (this.#closed ? true : undefined), withinMs)) ?? false;
  }

  close(): void {
    this.#socket.close();
  }

  async #until<T>(look: () => T | undefined, withinMs: number): Promise<T | undefined> {
    const end = Date.now() + withinMs;
    for (;;) {
      const found = look();
      if (found !== undefined || Date.now() > end) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
