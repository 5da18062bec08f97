import { columnList, identifier, literal } from '../../../duckdb/sql.ts';
import type { Workspace } from '../duckdb/workspace.ts';
import { judge, ROW, type RowCheck } from '../rejects.ts';
import { CAST_TYPES, type Rule } from '../rules.ts';
import { columnsAfter } from './check-rules.ts';

/** How a rule becomes SQL: new values for columns, rows to refuse with a reason, or rows to leave out. */
type Step = { select: string } | { checks: RowCheck[]; select?: string } | { keep: string };

/**
 * Applies checked rules one after the other to table `extracted` and leaves the rows as view `into`.
 * @returns how many rows were rejected (each with its reason) and how many left out by filter or as duplicates
 */
export async function applyRules(
  workspace: Workspace,
  source: string,
  rules: readonly Rule[],
  columns: readonly string[],
  into: string,
): Promise<{ rejected: number; filtered: number }> {
  const { db } = workspace;
  const counts = { rejected: 0, filtered: 0 };
  let known = [...columns];
  let from = 'extracted';
  for (const [index, rule] of [...rules.entries()]) {
    const next = `step_${index}`;
    const step = stepOf(rule, known, from);
    known = columnsAfter(known, rule);
    if ('keep' in step) {
      const before = await db.count(`SELECT count(*) FROM ${from}`);
      await db.run(`CREATE TABLE ${next} AS SELECT * FROM ${from} WHERE ${step.keep}`);
      counts.filtered += before - (await db.count(`SELECT count(*) FROM ${next}`));
    } else if ('checks' in step) {
      const stage = 'transform';
      const passed = step.select === undefined ? next : `passed_${index}`;
      counts.rejected += await judge(workspace, {
        from,
        into: passed,
        original: 'extracted',
        source,
        stage,
        checks: step.checks,
      });
      if (step.select !== undefined) {
        await db.run(`CREATE TABLE ${next} AS SELECT ${step.select} FROM ${passed}`);
        await db.run(`DROP TABLE ${passed}`);
      }
    } else await db.run(`CREATE TABLE ${next} AS SELECT ${step.select} FROM ${from}`);
    if (from !== 'extracted') await db.run(`DROP TABLE ${from}`);
    from = next;
  }
  await db.run(`CREATE VIEW ${identifier(into)} AS SELECT * FROM ${from}`);
  return counts;
}

function stepOf(rule: Rule, columns: readonly string[], from: string): Step {
  const replace = (column: string, value: string): Step => ({
    select: `* REPLACE (${value} AS ${identifier(column)})`,
  });
  switch (rule.kind) {
    case 'rename':
      return { select: `* RENAME (${identifier(rule.column)} AS ${identifier(rule.to)})` };
    case 'select':
      return { select: columnList([ROW, ...rule.columns]) };
    case 'drop':
      return { select: `* EXCLUDE (${columnList(rule.columns)})` };
    case 'trim':
      return {
        select: `* REPLACE (${rule.columns.map((name) => `nullif(trim(${identifier(name)}::VARCHAR), '') AS ${identifier(name)}`).join(', ')})`,
      };
    case 'derive': {
      const there = columns.find((column) => column.toLowerCase() === rule.column.toLowerCase());
      const value = `TRY((${rule.expression}\n))`;
      return there === undefined ? { select: `*, ${value} AS ${identifier(rule.column)}` } : replace(there, value);
    }
    case 'filter':
      return { keep: `TRY(((${rule.where}\n))::BOOLEAN) IS TRUE` };
    case 'deduplicate': {
      // Groups need the keys in memory, a window would need the rows.
      const first = `SELECT min(${ROW}) FROM ${from} GROUP BY ${columnList(rule.columns ?? columns)}`;
      return { keep: `${ROW} IN (${first})` };
    }
    case 'cast': {
      const column = identifier(rule.column);
      const type = CAST_TYPES[rule.to];
      const value = rule.format === undefined ? column : `try_strptime(${column}::VARCHAR, ${literal(rule.format)})`;
      const exact = rule.to === 'integer' || rule.to === 'bigint';
      const cast = exact ? exactInteger(column, type) : `TRY_CAST(${value} AS ${type})`;
      const reason = says(
        `${rule.column}: `,
        column,
        ` is no ${rule.to}${rule.format ? ` of the form ${rule.format}` : ''}`,
      );
      return {
        checks: [{ when: `${column} IS NOT NULL AND ${cast} IS NULL`, reason }],
        select: `* REPLACE (${cast} AS ${column})`,
      };
    }
    case 'require':
      return {
        checks: rule.columns.map((name) => ({
          when: `${identifier(name)} IS NULL`,
          reason: literal(`${name}: is missing`),
        })),
      };
    case 'range':
      return { checks: rangeChecks(rule.column, rule.min, rule.max) };
    case 'one_of': {
      const column = identifier(rule.column);
      const values = rule.values.map((value) => literal(String(value))).join(', ');
      const reason = says(`${rule.column}: `, column, ' is not one of the allowed values');
      return { checks: [{ when: `${column} IS NOT NULL AND ${column}::VARCHAR NOT IN (${values})`, reason }] };
    }
    case 'matches': {
      const column = identifier(rule.column);
      const when = `${column} IS NOT NULL AND NOT regexp_full_match(${column}::VARCHAR, ${literal(rule.pattern)})`;
      return { checks: [{ when, reason: says(`${rule.column}: `, column, ` does not match ${rule.pattern}`) }] };
    }
  }
}

/** An integer, or null where the text is none: a plain cast would round "3.7" to 4 without a word. */
export function exactInteger(column: string, type: string): string {
  return `CASE WHEN TRY_CAST(${column} AS DOUBLE) = TRY_CAST(${column} AS BIGINT)::DOUBLE THEN TRY_CAST(${column} AS ${type}) END`;
}

/** Null passes; a value that is no number does not. */
export function rangeChecks(name: string, min: number | undefined, max: number | undefined): RowCheck[] {
  const column = identifier(name);
  const number = `TRY_CAST(${column} AS DOUBLE)`;
  const checks = [
    { when: `${column} IS NOT NULL AND ${number} IS NULL`, reason: says(`${name}: `, column, ' is no number') },
  ];
  if (min !== undefined)
    checks.push({ when: `${number} < ${min}`, reason: says(`${name}: `, column, ` is below ${min}`) });
  if (max !== undefined)
    checks.push({ when: `${number} > ${max}`, reason: says(`${name}: `, column, ` is above ${max}`) });
  return checks;
}

/** An SQL expression for a sentence around a value, which is cut when it is long. */
export function says(before: string, value: string, after: string): string {
  return `${literal(before)} || '"' || left(coalesce(${value}::VARCHAR, ''), 80) || '"' || ${literal(after)}`;
}
