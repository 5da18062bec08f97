import { columnList, identifier, literal } from '../../../duckdb/sql.ts';
import type { Workspace } from '../duckdb/workspace.ts';
import { judge, ROW, type RowCheck } from '../rejects.ts';
import type { TableSpec } from '../table-spec.ts';
import type { Check } from '../task-shapes.ts';
import { rangeChecks, says } from '../transform/apply-rules.ts';

/** What a table's specification demands of each row, as SQL. `_nth` counts the rows of one key. */
function rowChecks(spec: TableSpec): RowCheck[] {
  const missing = (column: string) => ({
    when: `${identifier(column)} IS NULL`,
    reason: literal(`${column}: is missing`),
  });
  const references = spec.references.map(({ column, table, to }) => ({
    when: `${identifier(column)} IS NOT NULL AND ${identifier(column)} NOT IN
      (SELECT ${identifier(to)} FROM ${identifier(table)} WHERE ${identifier(to)} IS NOT NULL)`,
    reason: says(`${column}: `, identifier(column), ` is not in ${table}`),
  }));
  const key = spec.key.map((column) => `coalesce(${identifier(column)}::VARCHAR, '')`).join(` || ', ' || `);
  const repeated = { when: '_nth > 1', reason: says(`${spec.key.join(', ')}: `, `(${key})`, ' is there already') };
  return [
    ...[...spec.key, ...spec.required].map(missing),
    ...(spec.key.length > 0 ? [repeated] : []),
    ...spec.ranges.flatMap(({ column, min, max }) => rangeChecks(column, min, max)),
    ...references,
  ];
}

/**
 * Leaves the rows of `<table>_raw` that keep to the specification in a table of the same name as in the mart. Rows of a
 * source that do not are rejected; in a table without one (a dimension made from others) they fail a check.
 */
export async function checkTable(workspace: Workspace, spec: TableSpec): Promise<Check[]> {
  const { db } = workspace;
  const table = identifier(spec.table);
  const raw = identifier(`${spec.table}_raw`);
  const numbered = `${spec.table}_numbered`;
  const perRow = spec.source !== null && spec.counts === undefined;
  const order = perRow ? ROW : columnList(spec.key);
  const nth =
    spec.key.length === 0 ? '1' : `row_number() OVER (PARTITION BY ${columnList(spec.key)} ORDER BY ${order})`;
  await db.run(`CREATE VIEW ${identifier(numbered)} AS SELECT *, ${nth} AS _nth FROM ${raw}`);
  const checks: Check[] = [];
  if (perRow && spec.source !== null) {
    const split = { from: numbered, into: spec.table, original: spec.source, source: spec.source };
    await judge(workspace, { ...split, stage: 'validate', checks: rowChecks(spec) });
  } else {
    for (const check of rowChecks(spec)) {
      const bad = await db.rows(
        `SELECT count(*) AS n, any_value(${check.reason}) AS reason FROM ${identifier(numbered)} WHERE ${check.when}`,
      );
      const count = Number(bad[0]?.n ?? 0);
      if (count > 0)
        checks.push({
          check: `${spec.table}: ${String(bad[0]?.reason)}`,
          expected: '0 rows',
          actual: `${count} rows`,
          ok: false,
        });
    }
    await db.run(`CREATE TABLE ${table} AS SELECT * FROM ${identifier(numbered)}`);
  }
  const rows = await db.count(`SELECT count(*) FROM ${table}`);
  checks.push({
    check: `${spec.table}: rows`,
    expected: `at least ${spec.min_rows}`,
    actual: String(rows),
    ok: rows >= spec.min_rows,
  });
  return checks;
}

/** What is stored of a checked table: its own columns, in the order of its key. */
export function checkedSelect(spec: TableSpec): string {
  const perRow = spec.source !== null && spec.counts === undefined;
  const own = perRow ? `* EXCLUDE (${ROW}, _nth)` : '* EXCLUDE (_nth)';
  const order = spec.key.length > 0 ? columnList(spec.key) : ROW;
  return `SELECT ${own} FROM ${identifier(spec.table)} ORDER BY ${order}`;
}
