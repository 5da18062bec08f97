/** One record of a CSV file: its fields, or why it is none. `line` counts from 1 and is where the record starts. */
export type CsvRecord =
  | { readonly line: number; readonly fields: string[] }
  | { readonly line: number; readonly raw: string; readonly reason: string };

const MAX_LINE = 1024 * 1024;
/** A quoted value may span lines; one that is not closed within these is taken for a stray quote. */
const MAX_LINES_PER_RECORD = 100;
const MAX_RAW = 4_000;

type Parsed = { fields: string[] } | { open: true } | { reason: string };

/** Splits one record by RFC 4180. A quote inside an unquoted value is taken as it is. */
export function parseRecord(text: string, delimiter: string): Parsed {
  if (!text.includes('"')) return { fields: text.split(delimiter) };
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at);
      fields.push(end === -1 ? text.slice(at) : text.slice(at, end));
      if (end === -1) return { fields };
      at = end + 1;
      continue;
    }
    let value = '';
    for (at += 1; ; ) {
      const quote = text.indexOf('"', at);
      if (quote === -1) return { open: true };
      value += text.slice(at, quote);
      at = quote + 1;
      if (text[at] !== '"') break;
      value += '"';
      at += 1;
    }
    fields.push(value);
    if (at === text.length) return { fields };
    if (text[at] !== delimiter) return { reason: `text follows the closing quote of value ${fields.length}` };
    at += 1;
  }
}

/** Lines of a stream of bytes, without their ends; one longer than 1 MiB is cut and marked. */
async function* linesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<{ text: string; cut: boolean }> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let cut = false;
  const line = (text: string) => ({ text: text.endsWith('\r') ? text.slice(0, -1) : text, cut });
  for await (const bytes of stream) {
    rest += typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true });
    let start = 0;
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n', start)) {
      yield line(rest.slice(start, end));
      cut = false;
      start = end + 1;
    }
    rest = rest.slice(start);
    if (rest.length > MAX_LINE) {
      rest = rest.slice(0, MAX_RAW);
      cut = true;
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield line(rest);
}

/**
 * Reads a CSV file record by record and never gives up on it: what is malformed comes out as such, with its line and
 * text, and reading goes on with the next line. A quote that nobody closes costs its own line, not the rest of the file.
 * Blank lines are no records. The first record, the header, says how many values the others must have.
 */
export async function* csvRecords(
  stream: AsyncIterable<Uint8Array | string>,
  delimiter: string,
): AsyncGenerator<CsvRecord> {
  let line = 0;
  let expected: number | undefined;
  /** Lines not settled yet; the first `tried` of them together end inside a quoted value. */
  let open: string[] = [];
  let tried = 0;

  const drop = (count: number) => {
    open = open.slice(count);
    tried = 0;
  };
  function* settle(atEnd: boolean): Generator<CsvRecord> {
    while (open.length > 0) {
      const start = line - open.length + 1;
      const first = open[0] ?? '';
      let reason: string | undefined;
      if (tried === open.length) {
        if (!atEnd && open.length < MAX_LINES_PER_RECORD && lengthOf(open) < MAX_LINE) return;
        reason = 'a quoted value is never closed';
      } else {
        tried += 1;
        if (tried > 1 && !open[tried - 1]?.includes('"')) continue;
        const parsed = parseRecord(open.slice(0, tried).join('\n'), delimiter);
        if ('open' in parsed) continue;
        if ('reason' in parsed) reason = parsed.reason;
        else {
          expected ??= parsed.fields.length;
          reason = problemOf(parsed.fields, expected);
          if (reason === undefined) {
            yield { line: start, fields: parsed.fields };
            drop(tried);
            continue;
          }
        }
      }
      yield { line: start, raw: first.slice(0, MAX_RAW), reason };
      drop(1);
    }
  }

  for await (const { text, cut } of linesOf(stream)) {
    if (cut) yield* settle(true);
    line += 1;
    if (cut) yield { line, raw: text.slice(0, MAX_RAW), reason: 'the line is longer than 1 MiB' };
    else if (text !== '' || open.length > 0) {
      open.push(line === 1 ? text.replace(/^\uFEFF/, '') : text);
      yield* settle(false);
    }
  }
  yield* settle(true);
}

const lengthOf = (lines: readonly string[]) => lines.reduce((sum, text) => sum + text.length, 0);

function problemOf(fields: readonly string[], expected: number): string | undefined {
  if (fields.length !== expected) return `${fields.length} values where the header has ${expected}`;
  if (fields.some((field) => field.includes('\uFFFD'))) return 'not valid UTF-8';
  if (fields.some((field) => field.includes('\0'))) return 'contains a NUL character';
  return undefined;
}
