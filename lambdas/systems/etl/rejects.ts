import { columnList, identifier, literal } from '../../duckdb/sql.ts';
import type { Workspace } from './duckdb/workspace.ts';

/** The row's number in its source: the line of a CSV file, the ordinal of a record elsewhere. Carried through every stage. */
export const ROW = '_row';
/** The table of rows an agent sends to quarantine. */
const REJECTS = '_rejects';

export type Stage = 'extract' | 'transform' | 'validate';

/** Makes the workspace's empty table of rejected rows. */
export async function createRejects({ db }: Workspace): Promise<void> {
  await db.run(`CREATE TABLE ${REJECTS} (${ROW} BIGINT, source VARCHAR, stage VARCHAR, reason VARCHAR, raw VARCHAR)`);
}

/** Rejects rows that never became a table: malformed text. */
export async function rejectText(
  { db }: Workspace,
  source: string,
  rows: ReadonlyArray<{ row: number; reason: string; raw: string }>,
): Promise<void> {
  if (rows.length === 0) return;
  await db.append(
    REJECTS,
    rows.map(({ row, reason, raw }) => [row, source, 'extract', reason, raw]),
  );
}

/** What is wrong with a row: `when` is an SQL condition, `reason` an SQL expression that yields the sentence. */
export interface RowCheck {
  readonly when: string;
  readonly reason: string;
}

/**
 * Splits table `from`: rows that fail a check go to the rejects with the first reason that applies, the others to `into`.
 * `original` is the table of the rows as they were extracted, whose text the reject keeps.
 */
export async function judge(
  { db }: Workspace,
  split: { from: string; into: string; original: string; source: string; stage: Stage; checks: readonly RowCheck[] },
): Promise<number> {
  const cases = split.checks.map((check) => `WHEN ${check.when} THEN ${check.reason}`).join(' ');
  const judged = identifier(`${split.into}_judged`);
  const reason = cases === '' ? 'NULL::VARCHAR' : `CASE ${cases} END`;
  await db.run(`CREATE TABLE ${judged} AS SELECT *, ${reason} AS _reason FROM ${identifier(split.from)}`);
  await db.run(
    `INSERT INTO ${REJECTS} SELECT o.${ROW}, ${literal(split.source)}, ${literal(split.stage)}, j._reason,
       json_merge_patch(to_json(o), '{"${ROW}":null}')::VARCHAR
     FROM ${judged} j JOIN ${identifier(split.original)} o USING (${ROW}) WHERE j._reason IS NOT NULL`,
  );
  await db.run(
    `CREATE TABLE ${identifier(split.into)} AS SELECT * EXCLUDE (_reason) FROM ${judged} WHERE _reason IS NULL`,
  );
  const rejected = await db.count(`SELECT count(*) FROM ${judged} WHERE _reason IS NOT NULL`);
  await db.run(`DROP TABLE ${judged}`);
  return rejected;
}

/** Stores the rejects under `key`, in the order of their rows; answers how many. Always writes, so that a retry overwrites. */
export async function saveRejects(workspace: Workspace, key: string): Promise<number> {
  await workspace.save(`SELECT * FROM ${REJECTS} ORDER BY ${ROW}, stage, reason`, key);
  return workspace.db.count(`SELECT count(*) FROM ${REJECTS}`);
}

/** Columns of the quarantine file; spreadsheet formulas in the raw text are made harmless. */
export function quarantineSelect(source: string, views: readonly string[]): string {
  const all = views.map((view) => `SELECT * FROM ${identifier(view)}`).join(' UNION ALL ');
  const raw = `CASE WHEN regexp_matches(raw, '^[=+@\\t\\r-]') THEN '''' || raw ELSE raw END AS raw`;
  return `SELECT ${columnList(['source', ROW])}, stage, reason, ${raw} FROM (${all}) WHERE source = ${literal(source)} ORDER BY ${ROW}, stage`;
}
