import * as z from 'zod';

/** Any value that survives JSON: what travels in payloads, inputs and results. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * By hand instead of zod's own `json()`: every message passes here, and this takes a twentieth of the time. Iterative, so
 * that depth meets no end of the stack.
 */
function isJson(value: unknown): value is Json {
  const open: unknown[] = [value];
  for (let next = open.pop(); ; next = open.pop()) {
    if (typeof next === 'object' && next !== null) {
      if (!Array.isArray(next) && !isPlain(next)) return false;
      for (const inner of Object.values(next)) open.push(inner);
    } else if (typeof next === 'number' ? !Number.isFinite(next) : next !== null && !isText(next)) {
      return false;
    }
    if (open.length === 0) return true;
  }
}

const isText = (value: unknown): boolean => typeof value === 'string' || typeof value === 'boolean';

/** Objects as JSON.parse makes them, of whichever realm; no dates, maps or instances of classes. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export const Json: z.ZodType<Json> = z
  .unknown()
  .refine(isJson, 'must be a value that JSON can carry') as z.ZodType<unknown> as z.ZodType<Json>;
export const JsonObject = z.record(z.string(), Json);

/** A value of a zod-checked type as JSON: such types hold nothing else, and fields that are undefined vanish on the wire. */
export function asJson(value: object): Json {
  return value as Json;
}
