import type * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import type { Json } from '../../../contracts/json.ts';
import { identifier } from '../../../duckdb/sql.ts';
import type { Workspace } from '../duckdb/workspace.ts';
import { createRejects, ROW, saveRejects } from '../rejects.ts';
import { runFiles } from '../run-files.ts';
import type { TransformInput, TransformResult } from '../task-shapes.ts';
import { keysOf } from '../upstream-keys.ts';
import { applyRules } from './apply-rules.ts';
import { checkRules } from './check-rules.ts';

type RulesInput = Extract<z.output<typeof TransformInput>, { kind: 'rules' }>;

/**
 * Applies a pipeline's rules to the run's extracted source.
 * @throws DataError `pipeline_invalid` pointing at the rule, now that the columns are known for certain
 */
export async function transformByRules(
  workspace: Workspace,
  runId: string,
  { table, source, rules }: RulesInput,
  upstream: Readonly<Record<string, Json>>,
): Promise<z.input<typeof TransformResult>> {
  const files = runFiles(runId);
  await workspace.open('extracted', keysOf(runId, upstream).extracted(source));
  const described = (await workspace.db.rows('DESCRIBE extracted')).map((row) => String(row.column_name));
  const columns = described.filter((column) => column !== ROW);
  const problems = await checkRules(workspace.db, rules, columns);
  if (problems.length > 0)
    throw new DataError(
      'pipeline_invalid',
      problems
        .map(({ path, message }) => `${path}: ${message}`)
        .join('; ')
        .slice(0, 2_000),
      {
        field: problems[0]?.path ?? 'rules',
      },
    );
  await createRejects(workspace);
  const counts = await applyRules(workspace, source, rules, columns, table);
  await workspace.save(`SELECT * FROM ${identifier(table)} ORDER BY ${ROW}`, files.transformed(table));
  await saveRejects(workspace, files.rejects('transform', table));
  const rows = await workspace.db.count(`SELECT count(*) FROM ${identifier(table)}`);
  return { task: 'transform', table, source, key: files.transformed(table), rows, ...counts };
}
