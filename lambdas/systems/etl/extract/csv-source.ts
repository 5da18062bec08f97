import type { TextRow } from '../../../duckdb/database.ts';
import type { ObjectStore } from '../../../runtime/ports.ts';
import type { SourceOf } from '../sources.ts';
import { csvRecords } from './csv-records.ts';
import type { RejectedText, SourceBatch } from './row-sink.ts';

const BATCH_ROWS = 4_096;

/** Rows of a CSV object in the data bucket; an empty value is NULL. @throws DataError `object_missing` */
export async function* csvBatches(
  bucket: ObjectStore,
  source: SourceOf<'csv'>,
  signal: AbortSignal,
): AsyncGenerator<SourceBatch> {
  const bytes = (await bucket.list(source.key)).find((object) => object.key === source.key)?.bytes;
  const stream = await bucket.read(source.key);
  let bytesRead = 0;
  const counted = async function* () {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      bytesRead += chunk.length;
      yield chunk;
    }
  };
  let columns: string[] | undefined;
  let rows: TextRow[] = [];
  let rejects: RejectedText[] = [];
  const batch = (): SourceBatch => ({
    columns: columns ?? [],
    rows,
    rejects,
    ...(bytes && { fraction: Math.min(1, bytesRead / bytes) }),
  });
  try {
    for await (const record of csvRecords(counted(), source.delimiter)) {
      if ('reason' in record) rejects.push({ row: record.line, reason: record.reason, raw: record.raw });
      else if (columns === undefined) columns = record.fields.map((field) => field.trim());
      else rows.push([record.line, ...record.fields.map((field) => (field === '' ? null : field))]);
      if (columns !== undefined && rows.length + rejects.length >= BATCH_ROWS) {
        yield batch();
        rows = [];
        rejects = [];
      }
    }
  } finally {
    stream.destroy();
  }
  if (columns !== undefined) yield batch();
}

/** The column names of a CSV object, read from its first line only. */
export async function csvColumns(bucket: ObjectStore, source: SourceOf<'csv'>): Promise<string[]> {
  const stream = await bucket.read(source.key);
  try {
    for await (const record of csvRecords(stream, source.delimiter)) {
      return 'fields' in record ? record.fields.map((field) => field.trim()) : [];
    }
    return [];
  } finally {
    stream.destroy();
  }
}
