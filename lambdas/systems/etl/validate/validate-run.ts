import type * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import type { Json } from '../../../contracts/json.ts';
import type { Workspace } from '../duckdb/workspace.ts';
import { createRejects, saveRejects } from '../rejects.ts';
import { filesBeside, runFiles } from '../run-files.ts';
import {
  type Check,
  ExtractResult,
  type SourceTotals,
  TransformResult,
  type ValidateInput,
  type ValidateResult,
} from '../task-shapes.ts';
import { keysOf } from '../upstream-keys.ts';
import { checkedSelect, checkTable } from './check-table.ts';
import { checkSum, refuseMostlyRejected, totalsOf } from './source-totals.ts';

/**
 * Checks a run's tables before they are loaded: keys, nulls, ranges, references, row counts and control sums. Rows that
 * fail go to quarantine; a table or a balance that is wrong as a whole fails the run.
 * @throws DataError `validation_failed` | `too_many_rejects`
 */
export async function validateRun(
  workspace: Workspace,
  runId: string,
  input: ValidateInput,
  upstream: Readonly<Record<string, Json>>,
  progress: (fraction: number, step: string) => void,
): Promise<z.input<typeof ValidateResult>> {
  const files = runFiles(runId);
  const made = keysOf(runId, upstream);
  const results = Object.values(upstream);
  const extracts = results.flatMap((result) => ExtractResult.safeParse(result).data ?? []);
  const transforms = results.flatMap((result) => TransformResult.safeParse(result).data ?? []);
  const checks: Check[] = [];

  await createRejects(workspace);
  for (const { source, key } of extracts) await workspace.open(source, key);
  for (const [index, spec] of input.tables.entries()) {
    progress((0.7 * index) / input.tables.length, `checking ${spec.table}`);
    await workspace.open(`${spec.table}_raw`, made.transformed(spec.table));
    checks.push(...(await checkTable(workspace, spec)));
  }
  for (const sum of input.control_sums) checks.push(await checkSum(workspace, sum));

  progress(0.7, 'balancing the sources');
  await saveRejects(workspace, files.rejects('validate', 'all'));
  const rejects = await openRejects(workspace, runId, extracts, transforms);
  const sources: Record<string, SourceTotals> = {};
  for (const extract of extracts) {
    const spec = input.tables.find((table) => table.source === extract.source);
    if (spec === undefined) continue;
    const { totals, check } = await totalsOf(workspace, runId, { extract, transforms, spec, rejects });
    sources[extract.source] = totals;
    checks.push(check);
    await refuseMostlyRejected(workspace, extract.source, totals, input.max_rejected_share, rejects);
  }
  await workspace.bucket.write(files.report(), JSON.stringify({ checks, sources }, null, 2), 'application/json');
  refuseFailed(checks, files.report());

  const tables: Array<{ table: string; key: string; rows: number }> = [];
  for (const [index, spec] of input.tables.entries()) {
    progress(0.8 + (0.2 * index) / input.tables.length, `storing ${spec.table}`);
    const key = files.checked(spec.table);
    await workspace.save(checkedSelect(spec), key);
    tables.push({ table: spec.table, key, rows: await workspace.db.count(`SELECT count(*) FROM ${spec.table}`) });
  }
  return { task: 'validate', tables, sources, checks_passed: checks.length, report_key: files.report() };
}

/** Views of all rejects of the run so far: one file per extraction and transformation, and the validator's own. */
async function openRejects(
  workspace: Workspace,
  runId: string,
  extracts: readonly ExtractResult[],
  transforms: readonly TransformResult[],
): Promise<string[]> {
  const keys = [
    ...extracts.map(({ source, key }) => filesBeside(key).rejects('extract', source)),
    ...transforms.map(({ table, key }) => filesBeside(key).rejects('transform', table)),
    runFiles(runId).rejects('validate', 'all'),
  ];
  for (const [index, key] of keys.entries()) await workspace.open(`rejects_${index}`, key);
  return keys.map((_, index) => `rejects_${index}`);
}

function refuseFailed(checks: readonly Check[], report: string): void {
  const failed = checks.filter((check) => !check.ok);
  if (failed.length === 0) return;
  const list = failed
    .slice(0, 5)
    .map(({ check, expected, actual }) => `${check}: expected ${expected}, found ${actual}`);
  throw new DataError(
    'validation_failed',
    `nothing was loaded: ${list.join('; ')}. All checks are in ${report}`.slice(0, 2_000),
    {
      failed: list,
    },
  );
}
