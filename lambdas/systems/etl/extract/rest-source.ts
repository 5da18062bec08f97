import * as z from 'zod';
import { DataError, RecoverableError } from '../../../contracts/errors.ts';
import type { TextRow } from '../../../duckdb/database.ts';
import type { SourceOf } from '../sources.ts';
import { fetchPage, type PageRequest } from './rest-page.ts';
import type { RejectedText, SourceBatch } from './row-sink.ts';

const Page = z.object({
  items: z.array(z.unknown()),
  next: z.string().nullish(),
  total: z.number().int().nonnegative().nullish(),
});
const Item = z.record(z.string(), z.unknown());

/** Rows of a paginated JSON API; the first page's items say which columns there are. */
export async function* restBatches(
  source: SourceOf<'rest'>,
  context: Pick<PageRequest, 'signal' | 'deadline' | 'now' | 'patience' | 'fetch'> & { name: string },
): AsyncGenerator<SourceBatch> {
  const { name } = context;
  let url: URL | undefined = firstPage(source);
  let columns: string[] | undefined;
  let row = 0;
  let total: number | undefined;
  const seen = new Set<string>();
  while (url !== undefined) {
    if (seen.has(url.href)) throw malformed(name, row, 'its "next" leads in a circle');
    seen.add(url.href);
    const parsed = Page.safeParse(await fetchPage({ ...context, source: name, url, row }));
    if (!parsed.success) throw malformed(name, row, 'a page is { items: [...], next: URL or null, total }');
    const { items, next } = parsed.data;
    total = parsed.data.total ?? total;
    columns ??= columnsOf(items);
    const batch: { columns: string[]; rows: TextRow[]; rejects: RejectedText[] } = { columns, rows: [], rejects: [] };
    for (const item of items) {
      row += 1;
      const values = valuesOf(item, columns);
      if (typeof values === 'string')
        batch.rejects.push({ row, reason: values, raw: JSON.stringify(item).slice(0, 4_000) });
      else batch.rows.push([row, ...values]);
    }
    if (columns.length > 0) yield { ...batch, ...(total && { fraction: Math.min(1, row / total) }) };
    url = next ? nextPage(name, row, url, next) : undefined;
  }
  if (total !== undefined && row !== total)
    throw new RecoverableError('source_incomplete', `source "${name}" said ${total} rows and gave ${row}`, {
      source: name,
      row,
    });
}

function firstPage(source: SourceOf<'rest'>): URL {
  const url = new URL(source.url);
  if (!url.searchParams.has('page')) url.searchParams.set('page', '1');
  if (!url.searchParams.has('size')) url.searchParams.set('size', String(source.pageSize));
  return url;
}

/** A server may page within itself, but not send us elsewhere. */
function nextPage(name: string, row: number, from: URL, next: string): URL {
  const url = URL.canParse(next, from.href) ? new URL(next, from) : undefined;
  if (url === undefined || url.origin !== from.origin) throw malformed(name, row, 'its "next" leads to another server');
  return url;
}

function columnsOf(items: readonly unknown[]): string[] {
  const columns = new Set<string>();
  for (const item of items) for (const key of Object.keys(Item.safeParse(item).data ?? {})) columns.add(key);
  return [...columns];
}

/** The item's values as text in the order of the columns, or why it is no row. */
function valuesOf(item: unknown, columns: readonly string[]): Array<string | null> | string {
  const object = Item.safeParse(item);
  if (!object.success) return 'not an object';
  const extra = Object.keys(object.data).find((key) => !columns.includes(key));
  if (extra !== undefined) return `unknown column "${extra.slice(0, 60)}"`;
  return columns.map((column) => {
    const value = object.data[column];
    if (value === undefined || value === null || value === '') return null;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

const malformed = (source: string, row: number, why: string) =>
  new DataError('source_malformed', `source "${source}" at row ${row}: ${why}`, { source, row });
