import * as z from 'zod';

/** Any value that survives JSON: what travels in payloads, inputs and results. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const Json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
export const JsonObject = z.record(z.string(), Json);

/** A value of a zod-checked type as JSON: such types hold nothing else, and fields that are undefined vanish on the wire. */
export function asJson(value: object): Json {
  return value as Json;
}
