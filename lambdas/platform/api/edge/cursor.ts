import * as z from 'zod';
import { ApiError } from '../api-error.ts';

/**
 * A place in a list, for the client to hand back. It holds a place and nothing else: whose list it is says the token, so a
 * cursor that somebody has made up leads at most to another place in his own list.
 */
export function cursorOf(place: object): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws ApiError when it is not one of ours */
export function placeOf<S extends z.ZodType>(cursor: string | undefined, schema: S): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new ApiError('invalid_request', 'the cursor is none that this list has given', {
      extras: { errors: [{ field: 'query.cursor', reason: 'hand back `next_cursor` as it was' }] },
    });
  }
}

/** By time, and by id among those of one time. */
export const TimedPlace = z.strictObject({ at: z.number().int().nonnegative(), id: z.string().min(1).max(128) });
export type TimedPlace = z.infer<typeof TimedPlace>;
