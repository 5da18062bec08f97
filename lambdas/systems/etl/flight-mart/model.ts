import type { Workspace } from '../duckdb/workspace.ts';
import { judge, type RowCheck } from '../rejects.ts';

/** How one table of the mart comes about. What it is made of (see lineage.ts) is there as views of the same names. */
export interface MartModel {
  /** Whose rows it holds; null when it is made from other tables. */
  readonly source: string | null;
  /** Leaves the rows in table `result`; with a source, also rejects the rows that are none. */
  build(workspace: Workspace): Promise<void>;
}

/** Types the columns of a source (text as extracted) and rejects the rows for which that fails or makes no sense. */
export async function typeRows(
  workspace: Workspace,
  typing: { source: string; select: string; checks: readonly RowCheck[]; into: string },
): Promise<void> {
  const { source, into, checks } = typing;
  await workspace.db.run(`CREATE TABLE typed AS SELECT ${typing.select} FROM ${source}`);
  await judge(workspace, { from: 'typed', into, original: source, source, stage: 'transform', checks });
  await workspace.db.run('DROP TABLE typed');
}

/** Rejects rows whose text `raw` could not be read as `column`. */
export function unreadable(column: string, raw: string, what: string): RowCheck {
  return {
    when: `${column} IS NULL`,
    reason: `'${column}: "' || left(coalesce(${raw}, ''), 80) || '" is no ${what}'`,
  };
}
