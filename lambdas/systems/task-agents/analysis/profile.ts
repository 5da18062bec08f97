import type { Database } from '../../../duckdb/database.ts';
import { identifier } from '../../../duckdb/sql.ts';
import type { Analysis } from './shapes.ts';

type Table = Analysis['tables'][number];
type Column = Table['columns'][number];

const NUMERIC = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U[A-Z]*INT|DECIMAL.*|FLOAT|DOUBLE)$/;
/** A text with so many different values at most is a category. */
const CATEGORY = 50;
const TOP = 5;
/** Pairs of columns grow by the square. */
const MOST_NUMERIC = 12;
/** A weak one is no news, below it most are chance. */
const LEAST_R = 0.3;

/** What there is to know of a table at first sight: DuckDB's SUMMARIZE, and the most frequent values of categories. */
export async function profileOf(db: Database, name: string): Promise<Table> {
  const table = identifier(name);
  const rows = await db.count(`SELECT count(*) FROM ${table}`);
  const summary = await db.rows(`SUMMARIZE ${table}`);
  const columns: Column[] = [];
  for (const row of summary) {
    const column = identifier(String(row.column_name));
    const type = String(row.column_type);
    const distinct = Number(row.approx_unique ?? 0);
    const isCategory = type === 'VARCHAR' && distinct > 0 && distinct <= CATEGORY;
    const top = isCategory
      ? await db.rows(
          `SELECT ${column} AS value, count(*)::INT AS n FROM ${table} WHERE ${column} IS NOT NULL
           GROUP BY 1 ORDER BY n DESC, value LIMIT ${TOP}`,
        )
      : [];
    columns.push({
      ...{ name: String(row.column_name), type, distinct },
      nulls: Number(row.null_percentage ?? 0) / 100,
      ...{ min: textOf(row.min), max: textOf(row.max) },
      mean: NUMERIC.test(type) ? numberOf(row.avg) : null,
      deviation: NUMERIC.test(type) ? numberOf(row.std) : null,
      top: top.map(({ value, n }) => ({ value: String(value).slice(0, 200), rows: Number(n) })),
    });
  }
  return { name, rows, columns };
}

/** Pearson's r of pairs of numeric columns, the strongest first; null rows are left out pair by pair. */
export async function correlationsOf(db: Database, { name, columns }: Table): Promise<Analysis['correlations']> {
  const numeric = columns.filter(({ type, distinct }) => NUMERIC.test(type) && distinct > 2).slice(0, MOST_NUMERIC);
  const pairs = numeric.flatMap((one, at) => numeric.slice(at + 1).map((other) => [one.name, other.name] as const));
  if (pairs.length === 0) return [];
  const terms = pairs.map(([one, other], at) => {
    const [x, y] = [identifier(one), identifier(other)];
    return `corr(${x}, ${y}) AS r${at}, count(*) FILTER (WHERE ${x} IS NOT NULL AND ${y} IS NOT NULL)::INT AS n${at}`;
  });
  const [row = {}] = await db.rows(`SELECT ${terms.join(', ')} FROM ${identifier(name)}`);
  return pairs
    .map(([one, other], at) => ({
      table: name,
      one,
      other,
      r: numberOf(row[`r${at}`]) ?? 0,
      rows: Number(row[`n${at}`]),
    }))
    .filter(({ r }) => Math.abs(r) >= LEAST_R)
    .sort((one, other) => Math.abs(other.r) - Math.abs(one.r))
    .map((pair) => ({ ...pair, r: Math.round(pair.r * 1_000) / 1_000 }));
}

const textOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value).slice(0, 200);

function numberOf(value: unknown): number | null {
  const number = value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}
