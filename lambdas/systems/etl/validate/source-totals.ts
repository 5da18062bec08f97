import { DataError } from '../../../contracts/errors.ts';
import { identifier, literal } from '../../../duckdb/sql.ts';
import type { Workspace } from '../duckdb/workspace.ts';
import { quarantineSelect, ROW } from '../rejects.ts';
import { runFiles } from '../run-files.ts';
import type { TableSpec } from '../table-spec.ts';
import type { Check, ExtractResult, SourceTotals, TransformResult, ValidateInput } from '../task-shapes.ts';

/** Counts of a source from first to last; `rejects` are the views of everything that was set aside. */
export async function totalsOf(
  workspace: Workspace,
  runId: string,
  context: {
    extract: ExtractResult;
    transforms: readonly TransformResult[];
    spec: TableSpec;
    rejects: readonly string[];
  },
): Promise<{ totals: SourceTotals; check: Check }> {
  const { db } = workspace;
  const { extract, transforms, spec, rejects } = context;
  const { source, read } = extract;
  const all = rejects.map((view) => `SELECT source FROM ${identifier(view)}`).join(' UNION ALL ');
  const quarantined = await db.count(`SELECT count(*) FROM (${all}) WHERE source = ${literal(source)}`);
  const measure = spec.counts === undefined ? 'count(*)' : `coalesce(sum(${identifier(spec.counts)}), 0)`;
  const loaded = await db.count(`SELECT ${measure} FROM ${identifier(spec.table)}`);
  const filtered = transforms.filter((done) => done.source === source).reduce((sum, done) => sum + done.filtered, 0);
  const key = quarantined > 0 ? runFiles(runId).quarantine(source) : null;
  if (key !== null) await workspace.saveCsv(quarantineSelect(source, rejects), key);
  return {
    totals: { read, loaded, quarantined, filtered, quarantine_key: key },
    check: {
      check: `${source}: read = loaded + quarantined + filtered`,
      expected: String(read),
      actual: `${loaded} + ${quarantined} + ${filtered}`,
      ok: read === loaded + quarantined + filtered,
    },
  };
}

/** @throws DataError `too_many_rejects` with the most frequent reasons */
export async function refuseMostlyRejected(
  { db }: Workspace,
  source: string,
  totals: SourceTotals,
  share: number,
  rejects: readonly string[],
): Promise<void> {
  if (totals.quarantined <= totals.read * share) return;
  const all = rejects.map((view) => `SELECT source, reason FROM ${identifier(view)}`).join(' UNION ALL ');
  const top = await db.rows(
    `SELECT reason, count(*) AS n FROM (${all}) WHERE source = ${literal(source)} GROUP BY reason ORDER BY n DESC, reason LIMIT 3`,
  );
  const reasons = top.map((row) => `${String(row.reason).slice(0, 200)} (${String(row.n)})`);
  throw new DataError(
    'too_many_rejects',
    `source "${source}": ${totals.quarantined} of ${totals.read} rows were rejected, more than the allowed share of ${share}; most often: ${reasons.join('; ')}. See ${totals.quarantine_key}`,
    { source, quarantined: totals.quarantined, read: totals.read, reasons },
  );
}

/** The same sum over the source's rows that were kept and over the mart's column. */
export async function checkSum({ db }: Workspace, sum: ValidateInput['control_sums'][number]): Promise<Check> {
  const kept = `SELECT ${ROW} FROM ${identifier(sum.table)}`;
  const [row] = await db.rows(`SELECT
    (SELECT sum(TRY_CAST(${identifier(sum.source_column)} AS DECIMAL(38, 4))) FROM ${identifier(sum.source)} WHERE ${ROW} IN (${kept}))::DOUBLE AS expected,
    (SELECT sum(${identifier(sum.column)}) FROM ${identifier(sum.table)})::DOUBLE AS actual`);
  const [expected, actual] = [String(row?.expected ?? 0), String(row?.actual ?? 0)];
  return {
    check: `${sum.table}: sum of ${sum.column} as in ${sum.source}.${sum.source_column}`,
    expected,
    actual,
    ok: expected === actual,
  };
}
