import { readFileSync } from 'node:fs';
import * as z from 'zod';

const Exchange = z.object({
  name: z.string(),
  request: z.object({ path: z.string(), body: z.json() }),
  response: z.object({ status: z.number().int(), headers: z.record(z.string(), z.string()), body: z.string() }),
});
export type Exchange = z.infer<typeof Exchange>;

/** What a real model once answered: a recording, and marked as one. */
export const Recording = z.object({
  recording: z.literal(true),
  provider: z.string(),
  model: z.string(),
  date: z.iso.date(),
  note: z.string(),
  exchanges: z.array(Exchange),
});
export type Recording = z.infer<typeof Recording>;

export function readRecording(name: string): Recording {
  return Recording.parse(JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')));
}

/** Answers as it was once answered; a request that is not on record is an error. */
export function replaying({ exchanges }: Recording): typeof fetch {
  return async (target, options = {}) => {
    const path = new URL(target instanceof Request ? target.url : target).pathname;
    const asked = String(options.body ?? 'null');
    const found = exchanges.find(({ request }) => request.path === path && JSON.stringify(request.body) === asked);
    if (!found) throw new Error(`not on record: ${path} ${asked}`);
    return new Response(found.response.body, found.response);
  };
}
