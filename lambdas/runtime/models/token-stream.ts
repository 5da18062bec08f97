import { streamBody, type TokenPiece } from '../../contracts/stream-messages.ts';
import type { AtWork } from '../abilities.ts';
import { pause } from '../pools/pause.ts';
import type { Clock, Ids, Logger, Queues } from '../ports.ts';
import type { Watches } from '../stream/stream-ports.ts';

/** What pieces of answers need to get to those who follow a run. */
export interface TokenPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly queues: Pick<Queues, 'send'>;
  readonly watches: Pick<Watches, 'isWatched'>;
  /** The stream's queue. */
  readonly queue: string;
}

/** One answer on its way to those who follow. Nothing here throws, and `text` never waits. */
export interface TokenStream {
  text(piece: string): void;
  /** Sends what is left, within `FLUSH_MS`: the work goes on whether or not it got there. */
  end(): Promise<void>;
}
export type OpenTokenStream = (
  work: Pick<AtWork, 'manifest' | 'tenant' | 'runId' | 'taskId' | 'attempt'>,
) => TokenStream;

/** Pieces that come within this are one frame: more than 30 a second nobody can read. */
const GATHER_MS = 30;
/** Characters that wait at most while nobody takes them; what comes on top is left out, and counted. */
const MOST_WAITING = 32_768;
/** How often it is asked whether anybody follows, as long as nobody does. */
const ASK_EVERY_MS = 2_000;
const FLUSH_MS = 500;

/**
 * Passes the pieces of a model's answer on while it comes. One message is on its way at a time, so that the order holds; what
 * comes meanwhile goes into the next. If nobody follows the run, nothing is sent.
 */
export function createTokenStreams(ports: TokenPorts): OpenTokenStream {
  const { clock, logger } = ports;
  return ({ manifest, tenant, runId, taskId, attempt }) => {
    const stream = ports.ids.uuid();
    let n = 0;
    let waiting = '';
    let dropped = 0;
    let followed: boolean | undefined;
    let askedAt = Number.NEGATIVE_INFINITY;
    let sending: Promise<void> | undefined;
    let sentAt = Number.NEGATIVE_INFINITY;
    let hasEnded = false;

    /** One loop as long as there is something to send. */
    async function send(): Promise<void> {
      while (waiting !== '') {
        if (!(await isFollowed())) {
          waiting = '';
          return;
        }
        const wait = sentAt + GATHER_MS - clock.now();
        if (!hasEnded && wait > 0) await pause(clock, wait);
        const text = waiting;
        const left = dropped;
        waiting = '';
        dropped = 0;
        const piece: TokenPiece = {
          ...{ kind: 'tokens', tenant, run_id: runId, task_id: taskId, agent: manifest.name, attempt, stream, n, text },
          at: new Date(clock.now()).toISOString(),
          ...(left > 0 && { dropped: left }),
        };
        n += 1;
        sentAt = clock.now();
        const message = { body: streamBody(piece), groupId: runId, deduplicationId: ports.ids.uuid() };
        await ports.queues.send(ports.queue, [message]);
      }
    }

    async function isFollowed(): Promise<boolean> {
      if (followed !== true && clock.now() - askedAt >= ASK_EVERY_MS) {
        askedAt = clock.now();
        followed = await ports.watches.isWatched(tenant, `run:${runId}`);
      }
      return followed === true;
    }

    function begin(): void {
      sending ??= send()
        .catch((error: unknown) => {
          waiting = '';
          logger.warn('pieces of an answer could not be passed on', { run_id: runId, task_id: taskId, error });
        })
        .finally(() => {
          sending = undefined;
          // What came after the last look.
          if (waiting !== '') begin();
        });
    }

    return {
      text(piece) {
        // Between two questions whether anybody follows, nothing is kept.
        if (followed === false && clock.now() - askedAt < ASK_EVERY_MS) return;
        const room = MOST_WAITING - waiting.length;
        waiting += piece.slice(0, room);
        dropped += Math.max(0, piece.length - room);
        begin();
      },
      async end() {
        hasEnded = true;
        if (sending) await Promise.race([sending, pause(clock, FLUSH_MS)]);
      },
    };
  };
}
