import { DataError, issuesOf } from '../../contracts/errors.ts';
import { parseHostileJson } from '../../contracts/hostile-json.ts';
import { hotSchema } from '../../contracts/hot-schema.ts';
import type { Json } from '../../contracts/json.ts';
import { ClientFrame, STREAM_LIMITS } from '../../contracts/stream.ts';

const Frame = hotSchema(ClientFrame);
/** Deeper documents are nobody's honest input, and would meet the end of somebody's stack. */
const BOUNDS = { bytes: STREAM_LIMITS.frameIn, depth: 32 };

/** @throws DataError `frame_too_large`, `bad_frame` */
export function readFrame(body: string): ClientFrame {
  const bytes = Buffer.byteLength(body);
  if (bytes > STREAM_LIMITS.frameIn)
    throw new DataError('frame_too_large', `the frame has ${bytes} bytes; at most ${STREAM_LIMITS.frameIn} are taken`);
  const frame = Frame.safeParse(harmless(body));
  if (!frame.success) throw new DataError('bad_frame', issuesOf(frame.error).slice(0, 1_000));
  return frame.data;
}

function harmless(body: string): Json {
  try {
    return parseHostileJson(body, BOUNDS);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError('bad_frame', error.message, { fault: error.code, ...error.details });
  }
}
