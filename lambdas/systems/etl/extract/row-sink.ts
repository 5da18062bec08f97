import { DataError } from '../../../contracts/errors.ts';
import type { TextRow } from '../../../duckdb/database.ts';
import { identifier } from '../../../duckdb/sql.ts';
import type { Workspace } from '../duckdb/workspace.ts';
import { createRejects, ROW, rejectText, saveRejects } from '../rejects.ts';
import { runFiles } from '../run-files.ts';

/** What an extraction answers, whatever it read from. */
export interface Extracted {
  readonly columns: string[];
  readonly read: number;
  readonly extracted: number;
  readonly rejected: number;
  readonly bytes: number;
}

export interface RejectedText {
  readonly row: number;
  readonly reason: string;
  readonly raw: string;
}

/** A batch of rows from a source, and what of it could not be read as rows. */
export interface SourceBatch {
  readonly columns: readonly string[];
  readonly rows: readonly TextRow[];
  readonly rejects: readonly RejectedText[];
  /** How far the source has been read, 0 to 1, if it can tell. */
  readonly fraction?: number;
}

/** Names the columns of a source or refuses them. @throws DataError `source_columns` */
export function checkColumns(source: string, columns: readonly string[]): void {
  const refuse = (why: string): never => {
    throw new DataError('source_columns', `source "${source}": ${why}`, { source, columns: columns.slice(0, 100) });
  };
  if (columns.length === 0) refuse('it has no columns');
  if (columns.length > 500) refuse(`it has ${columns.length} columns; 500 are the most`);
  const seen = new Set<string>();
  for (const [index, column] of columns.entries()) {
    if (column.trim() === '') refuse(`column ${index + 1} has no name; name it in the first line`);
    if (column.toLowerCase().startsWith('_')) refuse(`column "${column}": names that begin with "_" are Muster's own`);
    if (seen.has(column.toLowerCase())) refuse(`column "${column}" is there twice; rename one`);
    seen.add(column.toLowerCase());
  }
}

/** Reads a source to its end into Parquet, every value as text, with the malformed rows beside it. */
export async function extractTo(
  workspace: Workspace,
  runId: string,
  source: string,
  batches: AsyncIterable<SourceBatch>,
  onBatch: (read: number, fraction: number | undefined) => void,
): Promise<Extracted> {
  let columns: readonly string[] | undefined;
  let extracted = 0;
  let rejected = 0;
  await createRejects(workspace);
  for await (const batch of batches) {
    if (columns === undefined) {
      checkColumns(source, batch.columns);
      columns = batch.columns;
      const texts = columns.map((column) => `${identifier(column)} VARCHAR`).join(', ');
      await workspace.db.run(`CREATE TABLE extracted (${ROW} BIGINT, ${texts})`);
    }
    if (batch.rows.length > 0) await workspace.db.append('extracted', batch.rows);
    await rejectText(workspace, source, batch.rejects);
    extracted += batch.rows.length;
    rejected += batch.rejects.length;
    onBatch(extracted + rejected, batch.fraction);
  }
  if (columns === undefined)
    throw new DataError('source_empty', `source "${source}" is empty: not even columns`, { source });
  const files = runFiles(runId);
  const bytes = await workspace.save('SELECT * FROM extracted', files.extracted(source));
  await saveRejects(workspace, files.rejects('extract', source));
  return { columns: [...columns], read: extracted + rejected, extracted, rejected, bytes };
}
