import * as z from 'zod';
import type { Database } from '../../../duckdb/database.ts';
import { literal } from '../../../duckdb/sql.ts';

/** Functions an expression may call: pure, scalar, and none that makes much out of little. */
const FUNCTIONS = new Set(
  `+ - * / // % ** || ~~ !~~ ~~* !~~* ^@ abs round floor ceil ceiling trunc sign sqrt ln log log10 exp pow power greatest least mod
  coalesce ifnull nullif lower upper trim ltrim rtrim length strlen substr substring left right reverse replace concat concat_ws
  split_part contains starts_with ends_with prefix suffix strpos instr position like_escape ilike_escape not_like_escape
  regexp_matches regexp_full_match regexp_replace regexp_extract strip_accents md5 sha256
  year quarter month day dayofmonth dayofweek isodow dayofyear week weekofyear hour minute second epoch dayname monthname
  date_part datepart date_trunc datetrunc date_diff datediff date_sub date_add last_day to_years to_months to_days to_hours to_minutes to_seconds make_date make_timestamp
  strftime strptime try_strptime isnan isfinite`.split(/\s+/),
);
const TYPES = new Set(
  'BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT FLOAT DOUBLE DECIMAL VARCHAR DATE TIME TIMESTAMP INTERVAL'.split(
    ' ',
  ),
);
/** Kinds of node in DuckDB's own parse tree that are scalar expressions; subqueries, windows, stars, lambdas are not. */
const CLASSES = new Set('COLUMN_REF CONSTANT FUNCTION OPERATOR COMPARISON CONJUNCTION CAST CASE BETWEEN'.split(' '));

const ParseTree = z.object({
  error: z.boolean(),
  error_message: z.string().optional(),
  statements: z
    .array(
      z.object({
        node: z.object({
          type: z.string(),
          modifiers: z.array(z.unknown()),
          cte_map: z.object({ map: z.array(z.unknown()) }),
          select_list: z.array(z.unknown()),
          from_table: z.object({ type: z.string() }),
          where_clause: z.unknown(),
          group_expressions: z.array(z.unknown()),
          having: z.unknown(),
          sample: z.unknown(),
          qualify: z.unknown(),
        }),
      }),
    )
    .optional(),
});
const Node = z.looseObject({
  class: z.string().optional(),
  alias: z.string().optional(),
  column_names: z.array(z.string()).optional(),
  function_name: z.string().optional(),
  schema: z.string().optional(),
  catalog: z.string().optional(),
  cast_type: z.looseObject({ id: z.string() }).optional(),
});

export type ParsedExpression = { readonly columns: readonly string[] } | { readonly problem: string };

/**
 * Reads an expression that somebody else wrote, with DuckDB's own parser, and says which columns it uses or why it is
 * refused: it must be one scalar expression made of an allowlist of node kinds, functions and types. Nothing is run.
 */
export async function parseExpression(db: Database, text: string): Promise<ParsedExpression> {
  // Alone, so that parentheses must balance; and wrapped, so that no semicolon or comment swallows what follows it.
  for (const sql of [`SELECT (${text}\n)`, `SELECT ${text}`]) {
    const parsed = await parse(db, sql);
    if (typeof parsed === 'string') return { problem: parsed };
    const columns = new Set<string>();
    const problem = walk(parsed, columns);
    if (problem !== undefined) return { problem };
    if (sql === `SELECT ${text}`) return { columns: [...columns] };
  }
  return { problem: 'not an expression' };
}

/** The one selected expression's tree, or what is wrong. */
async function parse(db: Database, sql: string): Promise<unknown> {
  const [row] = await db.rows(`SELECT json_serialize_sql(${literal(sql)})::VARCHAR AS tree`);
  const tree = ParseTree.safeParse(JSON.parse(String(row?.tree)));
  if (!tree.success) return 'not a single expression';
  if (tree.data.error) return `does not parse: ${(tree.data.error_message ?? 'syntax error').slice(0, 200)}`;
  const [statement, ...more] = tree.data.statements ?? [];
  const node = statement?.node;
  const plain =
    node !== undefined &&
    more.length === 0 &&
    node.type === 'SELECT_NODE' &&
    node.select_list.length === 1 &&
    node.from_table.type === 'EMPTY' &&
    [node.modifiers, node.cte_map.map, node.group_expressions].every((list) => list.length === 0) &&
    [node.where_clause, node.having, node.sample, node.qualify].every((clause) => clause === null);
  if (!plain || Node.safeParse(node.select_list[0]).data?.alias) return 'must be one expression, not a statement';
  return node.select_list[0];
}

/** Visits every node below `value`; answers the first thing that is not allowed. */
function walk(value: unknown, columns: Set<string>): string | undefined {
  if (Array.isArray(value)) {
    for (const item of value) {
      const problem = walk(item, columns);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  const node = Node.safeParse(value).data;
  if (node === undefined) return undefined;
  if (node.class !== undefined) {
    if (!CLASSES.has(node.class)) return `${node.class.toLowerCase().replaceAll('_', ' ')}s are not allowed`;
    if (node.column_names !== undefined) {
      const [name, ...path] = node.column_names;
      if (name === undefined || path.length > 0) return `"${node.column_names.join('.')}" is not a column`;
      columns.add(name);
    }
    if (node.function_name !== undefined && !isAllowed(node.function_name, node.schema, node.catalog))
      return `function "${node.function_name}" is not allowed`;
    if (node.cast_type !== undefined && !TYPES.has(node.cast_type.id))
      return `type ${node.cast_type.id} is not allowed`;
    if (node.class === 'CONSTANT') return undefined;
  }
  return walk(Object.values(node), columns);
}

/** The parser itself names the schema of functions with a grammar of their own, such as `extract(year from d)`. */
function isAllowed(name: string, schema = '', catalog = ''): boolean {
  return FUNCTIONS.has(name.toLowerCase()) && ['', 'main', 'pg_catalog'].includes(schema) && catalog === '';
}
