import type { Database } from '../../../duckdb/database.ts';
import type { Rule } from '../rules.ts';
import { parseExpression } from './expression.ts';

/** What is wrong with a rule, and where in the pipeline file. */
export interface RuleProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * Checks rules against the columns they meet, in order: every named column must exist by then, expressions must be safe
 * and patterns valid. Without `columns` (the source has not been looked at yet) only the latter two.
 */
export async function checkRules(
  db: Database,
  rules: readonly Rule[],
  columns: readonly string[] | undefined,
): Promise<RuleProblem[]> {
  const problems: RuleProblem[] = [];
  let known = columns === undefined ? undefined : [...columns];
  for (const [index, rule] of rules.entries()) {
    const report = (field: string, message: string) => problems.push({ path: `rules.${index}.${field}`, message });
    const mustKnow = (field: string, names: readonly string[]) => {
      for (const [at, name] of names.entries()) {
        if (known !== undefined && !has(known, name))
          report(
            names.length > 1 || field === 'columns' ? `${field}.${at}` : field,
            `there is no column "${name}" here; there are ${list(known)}`,
          );
      }
    };
    if (rule.kind === 'derive' || rule.kind === 'filter') {
      const [field, text] = rule.kind === 'derive' ? ['expression', rule.expression] : ['where', rule.where];
      const parsed = await parseExpression(db, text);
      if ('problem' in parsed) report(field, parsed.problem);
      else
        for (const name of parsed.columns)
          if (known !== undefined && !has(known, name))
            report(field, `there is no column "${name}" here; there are ${list(known)}`);
    } else if ('columns' in rule) mustKnow('columns', rule.columns ?? []);
    else if ('column' in rule) mustKnow('column', [rule.column]);
    if (rule.kind === 'matches') {
      const invalid = await db.rows('SELECT regexp_full_match(?, ?)', ['', rule.pattern]).then(() => undefined, String);
      if (invalid !== undefined) report('pattern', `not an RE2 regular expression: ${invalid.slice(0, 200)}`);
    }
    if (rule.kind === 'rename' && known !== undefined && has(known, rule.to) && !same(rule.column, rule.to))
      report('to', `there is a column "${rule.to}" already`);
    known = known && columnsAfter(known, rule);
    if (known?.length === 0) report('columns', 'no column is left');
  }
  return problems;
}

/** The columns a rule leaves. Names are compared as SQL does: without regard to case. */
export function columnsAfter(columns: readonly string[], rule: Rule): string[] {
  switch (rule.kind) {
    case 'rename':
      return columns.map((column) => (same(column, rule.column) ? rule.to : column));
    case 'select':
      return [...rule.columns];
    case 'drop':
      return columns.filter((column) => !has(rule.columns, column));
    case 'derive':
      return has(columns, rule.column) ? [...columns] : [...columns, rule.column];
    default:
      return [...columns];
  }
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const has = (columns: readonly string[], name: string) => columns.some((column) => same(column, name));
const list = (columns: readonly string[]) =>
  columns
    .slice(0, 30)
    .map((column) => `"${column}"`)
    .join(', ');
