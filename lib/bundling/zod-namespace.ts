/*
 * Stands in for zod/v4 in every bundle. The AI SDK's providers import it as one object, `z`, and no bundler can leave
 * anything out of an object: all of zod with every locale, 454 KB. This is the object with what they use of it. The test of
 * bundling compares it with the installed packages, so that an update that needs more is found there.
 */
import * as zod from 'zod';

// Others, such as the MCP SDK, import it by its parts, of which the bundler takes what is used. The object below comes first.
export * from 'zod';
export const z = {
  any: zod.any,
  array: zod.array,
  boolean: zod.boolean,
  enum: zod.enum,
  literal: zod.literal,
  looseObject: zod.looseObject,
  number: zod.number,
  object: zod.object,
  record: zod.record,
  string: zod.string,
  union: zod.union,
  unknown: zod.unknown,
};
