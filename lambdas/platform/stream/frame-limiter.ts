import { createLocalLimiter } from '../../tenancy/local-limiter.ts';
import type { TalkPorts } from './stream-ports.ts';

/** Frames of one connection: so many a second, and so many at once. A client that is back says all that it follows anew. */
export const FRAME_RATE = { perSecond: 20, burst: 60 } as const;
/** Frames that are too many: who goes on with them is closed. */
export const PATIENCE = { perSecond: 1, burst: 20 } as const;
/** How often it is told, and closed: frames may be on their way when it is. */
const ONCE = { perSecond: 1, burst: 1 } as const;
/** Connections that a container remembers. */
const MOST = 10_000;

/** What becomes of a frame; `tell`: it is left unread, and the client hears so. */
export type FrameFate = 'hear' | 'tell' | 'ignore' | 'close';

/**
 * Bounds what one connection may say, before anything of it is read or looked up. Each container counts by itself; that a
 * connection is closed counts everywhere.
 */
export function createFrameLimiter({ clock }: Pick<TalkPorts, 'clock'>): (connectionId: string) => FrameFate {
  const frames = createLocalLimiter(clock, MOST);
  const tooMany = createLocalLimiter(clock, MOST);
  const told = createLocalLimiter(clock, MOST);
  const closed = createLocalLimiter(clock, MOST);
  return (connectionId) => {
    if (frames.take(connectionId, FRAME_RATE).ok) return 'hear';
    if (!tooMany.take(connectionId, PATIENCE).ok) return closed.take(connectionId, ONCE).ok ? 'close' : 'ignore';
    return told.take(connectionId, ONCE).ok ? 'tell' : 'ignore';
  };
}
