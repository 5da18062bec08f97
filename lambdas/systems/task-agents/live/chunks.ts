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

/**
 * Cuts a text that comes in pieces into chunks that end with a line, each of about `size` characters. A table's first line
 * names its columns. The same text gives the same chunks, however it comes in.
 */
export async function chunked(pieces: AsyncIterable<string>, size: number, characters: number): Promise<Chunked> {
  const source = pieces[Symbol.asyncIterator]();
  let waiting = '';
  let ended = false;
  const fill = async (least: number): Promise<void> => {
    while (!ended && waiting.length < least) {
      const { value, done } = await source.next();
      if (done) ended = true;
      else waiting += value;
    }
  };
  await fill(HEAD);
  const delimiter = delimiterOf(waiting.slice(0, HEAD).replaceAll(/\r\n?/g, '\n'));
  let line = 1;
  let columns: readonly string[] = [];
  if (delimiter !== undefined) {
    const end = waiting.indexOf('\n');
    const [head = []] = [...recordsOf(waiting.slice(0, end).replaceAll('\r', ''), delimiter)];
    columns = head.map((name) => name.trim());
    waiting = waiting.slice(end + 1);
    line = 2;
  }

  async function* take(): AsyncGenerator<Chunk> {
    for (;;) {
      await fill(size);
      if (waiting === '') return;
      const text = cutFrom(waiting, size, ended);
      waiting = waiting.slice(text.length);
      const plain = text.replaceAll('\r', '');
      const rows = delimiter === undefined ? undefined : [...recordsOf(plain, delimiter)];
      yield { text, fromLine: line, ...(rows && { rows }) };
      line += text.match(/\n/g)?.length ?? 0;
    }
  }
  return { columns, characters, chunks: take() };
}

/** Up to the last line end within `size`, else to the next one, else all of it. */
function cutFrom(text: string, size: number, ended: boolean): string {
  if (text.length <= size && ended) return text;
  const before = text.lastIndexOf('\n', size - 1);
  return text.slice(0, before >= 0 ? before + 1 : size);
}
