import type * as z from 'zod';
import type { Json } from '../../../contracts/json.ts';
import type { Workspace } from '../duckdb/workspace.ts';
import { requireColumns } from '../flight-mart/expected-columns.ts';
import { FLIGHT_MART_TABLES } from '../flight-mart/lineage.ts';
import { FLIGHT_MART } from '../flight-mart/models.ts';
import { createRejects, saveRejects } from '../rejects.ts';
import { runFiles } from '../run-files.ts';
import type { MART_MODELS, TransformResult } from '../task-shapes.ts';
import { keysOf } from '../upstream-keys.ts';

/** Builds one table of the flight mart from the run's extracted sources and the tables built before. */
export async function transformFlightMart(
  workspace: Workspace,
  runId: string,
  table: (typeof MART_MODELS)[number],
  upstream: Readonly<Record<string, Json>>,
): Promise<z.input<typeof TransformResult>> {
  const files = runFiles(runId);
  const made = keysOf(runId, upstream);
  const model = FLIGHT_MART[table];
  const { sources, tables } = FLIGHT_MART_TABLES[table];
  for (const source of sources) {
    await workspace.open(source, made.extracted(source));
    await requireColumns(workspace, source);
  }
  for (const other of tables) await workspace.open(other, made.transformed(other));
  await createRejects(workspace);
  await model.build(workspace);
  await workspace.save('SELECT * FROM result', files.transformed(table));
  const rejected = await saveRejects(workspace, files.rejects('transform', table));
  const rows = await workspace.db.count('SELECT count(*) FROM result');
  return { task: 'transform', table, source: model.source, key: files.transformed(table), rows, rejected, filtered: 0 };
}
