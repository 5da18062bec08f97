import * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { answered } from '../models/answered.ts';
import { correlationsOf, profileOf } from './profile.ts';
import { runQuery } from './query.ts';
import { type Analysis, Analysis as AnalysisShape, type AnalyzeInput } from './shapes.ts';
import { withTables } from './tables.ts';

type Query = Analysis['query'];

/**
 * What tables hold: a profile of each, what goes together, and the rows of a query. A question in words becomes a query where
 * there is a model; without one it stays a profile, and says so.
 * @throws DataError `object_missing`, `input_too_large`, `table_not_readable`, `query_refused`, `query_failed` for a query of the sender's own
 */
export async function analyze(input: z.output<typeof AnalyzeInput>, ctx: AgentContext): Promise<Analysis> {
  const { sql, question } = input;
  // Remembered, because a model that is busy puts the task back, and whoever comes back need not count all rows again.
  const { tables, correlations } = Profile.parse(await ctx.step('profile', () => profile(input, ctx)));
  const run = (given: string): Promise<NonNullable<Query>> =>
    withTables(input.tables, ctx, (db) => runQuery(db, given));
  const own = sql === undefined ? undefined : await run(sql);
  const { value: query, by } =
    question === undefined || own ? { value: own, by: COUNTED } : await askedInWords(question, input, tables, run, ctx);
  return { tables, correlations, ...(query && { query }), figures: figuresOf(tables, query), answered_by: by };
}

const Profile = AnalysisShape.pick({ tables: true, correlations: true });
const COUNTED = { way: 'statistics', method: 'SQL over all rows', why: 'no question in words was asked' } as const;

function profile(input: z.output<typeof AnalyzeInput>, ctx: AgentContext): Promise<z.infer<typeof Profile>> {
  return withTables(input.tables, ctx, async (db) => {
    const tables: Analysis['tables'] = [];
    const correlations: Analysis['correlations'] = [];
    for (const [at, { name }] of input.tables.entries()) {
      ctx.progress((0.8 * (at + 1)) / input.tables.length, `profile of ${name}`);
      const table = await profileOf(db, name);
      tables.push(table);
      correlations.push(...(await correlationsOf(db, table)));
    }
    correlations.sort((one, other) => Math.abs(other.r) - Math.abs(one.r));
    return { tables, correlations };
  });
}

function askedInWords(
  question: string,
  { way }: z.output<typeof AnalyzeInput>,
  tables: Analysis['tables'],
  run: (sql: string) => Promise<NonNullable<Query>>,
  ctx: AgentContext,
) {
  return answered<Query>(
    ctx,
    way,
    async (model) => {
      const Answer = z.object({ sql: z.string().min(1).max(5_000) });
      const { object, answer } = await model.object(requestOf(question, tables), Answer);
      try {
        return { value: await run(object.sql), answer };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        return { unfit: `the model's query does not run: ${error.message}` };
      }
    },
    () => ({ value: undefined, method: 'a profile of all rows: the question was not turned into a query' }),
  );
}

function figuresOf(tables: Analysis['tables'], query: Query): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const { name, rows, columns } of tables) {
    figures[`${name}_rows`] = rows;
    for (const column of columns)
      if (column.mean !== null) figures[`${name}_mean_${column.name}`] = Math.round(column.mean * 1e6) / 1e6;
  }
  const [only, ...others] = query?.rows ?? [];
  if (only && others.length === 0)
    for (const [name, value] of Object.entries(only)) {
      const number = typeof value === 'boolean' || value === null || value === '' ? Number.NaN : Number(value);
      if (Number.isFinite(number)) figures[name] = number;
    }
  return figures;
}

function requestOf(question: string, tables: Analysis['tables']) {
  const told = tables.map(
    ({ name, columns }) => `${name}(${columns.map((one) => `${one.name} ${one.type}`).join(', ')})`,
  );
  return {
    system: 'You write one DuckDB SELECT that answers a question. Use only the tables that you are told of.',
    prompt: `Tables:\n${told.join('\n').slice(0, 3_000)}\nQuestion: ${question}\nAnswer as {"sql": "..."}`,
    maxOutputTokens: 200,
    temperature: 0,
  };
}
