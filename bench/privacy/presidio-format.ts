import { readFile } from 'node:fs/promises';
import * as z from 'zod';

const Sample = z.looseObject({
  full_text: z.string(),
  spans: z.array(
    z.looseObject({ entity_type: z.string(), start_position: z.number().int(), end_position: z.number().int() }),
  ),
});

/** A text, and where somebody has marked personal data in it: `[start, end)` in UTF-16 units. */
export interface MarkedText {
  readonly text: string;
  readonly marks: readonly Mark[];
}
export interface Mark {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Reads a file in the format of Presidio's research set. Its positions count code points, so they are turned into UTF-16. */
export async function readMarkedTexts(path: string): Promise<MarkedText[]> {
  const samples = z.array(Sample).parse(JSON.parse(await readFile(path, 'utf8')));
  return samples.map(({ full_text: text, spans }) => {
    const place = placesIn(text);
    const marks = spans.map((span) => ({
      ...{ type: span.entity_type, start: place(span.start_position), end: place(span.end_position) },
    }));
    return { text, marks: marks.filter(({ start, end }) => end > start) };
  });
}

/** UTF-16 position of the nth code point. */
function placesIn(text: string): (codePoint: number) => number {
  const places: number[] = [];
  let at = 0;
  for (const character of text) {
    places.push(at);
    at += character.length;
  }
  return (codePoint) => places[codePoint] ?? at;
}
