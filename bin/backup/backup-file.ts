import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import * as z from 'zod';
import { CliError } from '../cli-error.ts';
import type { Item } from '../cloud/table-items.ts';

/** Which table an item lies in. */
export type TableName = 'state' | 'registry' | 'claims' | 'ledger' | 'budgets';

export interface BackedUp {
  readonly table: TableName;
  readonly item: Item;
}

/** What a backup says of itself. */
export const Header = z.object({
  muster_backup: z.literal(1),
  stage: z.string(),
  at: z.iso.datetime(),
});
export type Header = z.infer<typeof Header>;

const Attribute = z.union([
  z.strictObject({ S: z.string() }),
  z.strictObject({ N: z.string() }),
  z.strictObject({ B: z.base64() }).transform(({ B }) => ({ B: new Uint8Array(Buffer.from(B, 'base64')) })),
  z.strictObject({ BOOL: z.boolean() }),
  z.strictObject({ NULL: z.literal(true) }),
  z.strictObject({ SS: z.array(z.string()) }),
]);
const Line = z.union([
  z.strictObject({
    table: z.enum(['state', 'registry', 'claims', 'ledger', 'budgets']),
    item: z.record(z.string(), Attribute),
  }),
  z.strictObject({ end: z.literal(true), items: z.number().int() }),
]);

/** Writes gzipped JSON lines: the header, an item on each, and at the end how many there were. Answers that number. */
export async function writeBackup(path: string, header: Header, items: AsyncIterable<BackedUp>): Promise<number> {
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    yield `${JSON.stringify(header)}\n`;
    for await (const { table, item } of items) {
      count += 1;
      yield `${JSON.stringify({ table, item }, asText)}\n`;
    }
    yield `${JSON.stringify({ end: true, items: count })}\n`;
  }
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(path, { mode: 0o600 }));
  return count;
}

/**
 * Reads a backup item by item.
 * @throws CliError when it is none, is damaged, or was cut off
 */
export async function* readBackup(path: string): AsyncGenerator<Header | BackedUp> {
  let line = 0;
  let items = 0;
  let whole = false;
  try {
    const text = createReadStream(path)
      .on('error', (error) => unzipped.destroy(error))
      .pipe(createGunzip());
    const unzipped = text;
    for await (const one of createInterface({ input: unzipped })) {
      line += 1;
      const parsed: unknown = JSON.parse(one);
      if (line === 1) {
        yield Header.parse(parsed);
        continue;
      }
      const read = Line.parse(parsed);
      if ('end' in read) whole = read.items === items;
      else {
        items += 1;
        yield read;
      }
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
    throw new CliError(`${path} is no backup that can be read, at line ${line}: ${reason}`, undefined, {
      cause: error,
    });
  }
  if (!whole) throw new CliError(`${path} was cut off after ${items} items`, 'make the backup again');
}

/** JSON has no bytes: they travel as base64. Node has turned them into `{type, data}` before it asks. */
function asText(this: unknown, key: string, value: unknown): unknown {
  if (key !== 'B') return value;
  const bytes = typeof this === 'object' && this !== null && 'B' in this ? this.B : undefined;
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('base64') : value;
}
