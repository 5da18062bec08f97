import { DataError } from '../../../contracts/errors.ts';
import { delimiterOf, recordsOf } from '../prepare/delimited.ts';
import type { Chunk } from './running.ts';

/** What is analysed, ready to be taken chunk by chunk. */
export interface Chunked {
  readonly columns: readonly string[];
  /** Of the whole, 0 when nobody knows. */
  readonly characters: number;
  readonly chunks: AsyncIterable<Chunk>;
}

/** Enough to see whether it is a table. */
const HEAD = 16_384;
/** Steps remember chunks: of what is very long, each holds more. */
const MOST_CHUNKS = 2_000;
/** A row of a table is never cut below this. */
const LONGEST_ROW = 1_000_000;

/**
 * Cuts a text that comes in pieces into chunks that end with a line, each of about `least` characters. A table's first line
 * names its columns, and its rows stay whole. The same text gives the same chunks, however it comes in.
 * @throws DataError `input_unreadable` for what is no text
 */
export async function chunked(pieces: AsyncIterable<string>, least: number, characters: number): Promise<Chunked> {
  const size = Math.max(least, Math.ceil(characters / MOST_CHUNKS));
  const source = pieces[Symbol.asyncIterator]();
  let waiting = '';
  let ended = false;
  const fill = async (wanted: number): Promise<void> => {
    while (!ended && waiting.length < wanted) {
      const { value, done } = await source.next();
      if (done) ended = true;
      else waiting += value;
    }
  };
  await fill(HEAD);
  // The mark of UTF-8 is no part of the first column's name.
  waiting = waiting.replace(/^\ufeff/, '');
  const head = waiting.slice(0, HEAD);
  if (head.includes('\0')) throw new DataError('input_unreadable', 'this is no text: input.prepare says what it is');
  const delimiter = delimiterOf(head.replaceAll('\r\n', '\n'));
  let line = 1;
  let columns: readonly string[] = [];
  if (delimiter !== undefined) {
    const end = waiting.indexOf('\n');
    const [names = []] = [...recordsOf(waiting.slice(0, end).replaceAll('\r', ''), delimiter)];
    columns = names.map((name) => name.trim());
    waiting = waiting.slice(end + 1);
    line = 2;
  }

  /** At the last line end within `size`, else at the first one behind it. */
  async function rowEnd(): Promise<number> {
    const within = lineEnd(waiting, size);
    if (within < size || waiting[size - 1] === '\n') return within;
    for (let wanted = size; ; wanted *= 2) {
      await fill(Math.min(wanted, LONGEST_ROW));
      const end = waiting.indexOf('\n', size) + 1;
      if (end > 0 || ended || waiting.length >= LONGEST_ROW)
        return Math.min(end > 0 ? end : waiting.length, Math.max(size, LONGEST_ROW));
    }
  }

  async function* take(): AsyncGenerator<Chunk> {
    for (;;) {
      // One more than is taken: whether it is the end makes a difference.
      await fill(size + 1);
      if (waiting === '') return;
      const text = waiting.slice(0, delimiter === undefined ? lineEnd(waiting, size) : await rowEnd());
      waiting = waiting.slice(text.length);
      const plain = text.replaceAll('\r', '');
      const rows = delimiter === undefined ? undefined : [...recordsOf(plain, delimiter)];
      yield { text, fromLine: line, ...(rows && { rows }) };
      line += text.match(/\n/g)?.length ?? 0;
    }
  }
  return { columns, characters, chunks: take() };
}

/** At the last line end within `size`, else at `size`; what is no longer than that is the end. */
function lineEnd(text: string, size: number): number {
  if (text.length <= size) return text.length;
  const before = text.lastIndexOf('\n', size - 1);
  return before >= 0 ? before + 1 : size;
}
