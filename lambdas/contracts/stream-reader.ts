import type { ServerFrame } from './stream.ts';

/** A frame of something that is followed. */
export type FollowedFrame = Extract<ServerFrame, { type: 'data' | 'complete' | 'error' }> & { readonly seq: number };

/** One operation as its client reads it: every frame once, in order, whatever comes twice, late or not at all. */
export interface StreamReader {
  /** The last number that was handed out: what to say as `after`. */
  readonly position: number;
  /** Nothing comes after this. */
  readonly ended: boolean;
  /** Frames that come before others they follow on are kept: then something is missing. */
  readonly isMissing: boolean;
  /** What can be handed out now. */
  take(frame: ServerFrame): FollowedFrame[];
}

/** Frames that are kept ahead of one that is missing; the rest comes again when the client asks for it. */
const MOST_KEPT = 1_000;

/** The client's half of the protocol. No input, no output: whoever reads a socket feeds it. @param after from where */
export function createStreamReader(operation: string, after = 0): StreamReader {
  const ahead = new Map<number, FollowedFrame>();
  let position = after;
  let ended = false;
  return {
    get position() {
      return position;
    },
    get ended() {
      return ended;
    },
    get isMissing() {
      return ahead.size > 0;
    },
    take(frame) {
      if (!isFollowed(frame) || frame.id !== operation || ended || frame.seq <= position) return [];
      if (ahead.size < MOST_KEPT || frame.seq === position + 1) ahead.set(frame.seq, frame);
      const next: FollowedFrame[] = [];
      for (let one = ahead.get(position + 1); one && !ended; one = ahead.get(position + 1)) {
        ahead.delete(one.seq);
        position = one.seq;
        ended = one.type !== 'data';
        next.push(one);
      }
      return next;
    },
  };
}

function isFollowed(frame: ServerFrame): frame is FollowedFrame {
  return (frame.type === 'data' || frame.type === 'complete' || frame.type === 'error') && frame.seq !== undefined;
}
