import type { Agent, AgentContext } from '../runtime/agent.ts';

/** Handlers that are at work, so that virtual time can wait for what takes real time in them. */
export interface RealHandlers {
  /** The same agent, watched. */
  watch(agent: Agent): Agent;
  /** Resolves when one of them has ended, there are news, or real time has passed; undefined when none is waited for. */
  patience(news: () => Promise<void>): Promise<void> | undefined;
}

interface AtWork {
  readonly ended: Promise<void>;
  /** Timers on the platform's clock that it waits for: then time may pass. */
  sleeps: number;
  /** It was waited for in vain: it waits for its deadline, or for ever. */
  givenUp: boolean;
}

/**
 * On a virtual clock, time must not pass while a handler waits for a file, a database or a timer of Node's; but it must
 * when a handler waits for the clock, or for ever. A handler is waited for once, for `patienceMs` of real time.
 */
export function realHandlers(patienceMs: number): RealHandlers {
  const atWork = new Set<AtWork>();

  function handled<T>(work: (track: AtWork) => Promise<T> | T, signal: AbortSignal): Promise<T> {
    const ended = Promise.withResolvers<void>();
    const track: AtWork = { ended: ended.promise, sleeps: 0, givenUp: false };
    const end = (): void => {
      atWork.delete(track);
      ended.resolve();
    };
    atWork.add(track);
    // A handler that was left, because its task waits, never ends.
    signal.addEventListener('abort', end, { once: true });
    return Promise.resolve()
      .then(() => work(track))
      .finally(end);
  }

  return {
    watch: (agent) => ({
      ...agent,
      tasks: Object.fromEntries(
        Object.entries(agent.tasks).map(([type, handle]) => [
          type,
          (input: unknown, ctx: AgentContext) =>
            handled((track) => handle(input, { ...ctx, clock: sleeping(ctx, track) }), ctx.signal),
        ]),
      ),
    }),
    patience(news) {
      const waited = [...atWork].filter((track) => track.sleeps === 0 && !track.givenUp);
      if (waited.length === 0) return undefined;
      const enough = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        for (const track of waited) track.givenUp = true;
        enough.resolve();
      }, patienceMs);
      return Promise.race([enough.promise, news(), ...waited.map((track) => track.ended)]).finally(() =>
        clearTimeout(timer),
      );
    },
  };
}

function sleeping({ clock }: AgentContext, track: AtWork): AgentContext['clock'] {
  return {
    now: () => clock.now(),
    after(ms, callback) {
      let over = false;
      const end = (): void => {
        if (!over) track.sleeps -= 1;
        over = true;
      };
      track.sleeps += 1;
      const cancel = clock.after(ms, () => {
        end();
        callback();
      });
      return () => {
        end();
        cancel();
      };
    },
  };
}
