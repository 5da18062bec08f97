import type * as z from 'zod';
import type { Json } from '../../../contracts/json.ts';
import { identifier } from '../../../duckdb/sql.ts';
import type { Workspace } from '../duckdb/workspace.ts';
import { LoadResult, type Summary, ValidateResult } from '../task-shapes.ts';
import { FLIGHT_MART_FIGURES } from './flight-mart-figures.ts';

type Figures = z.input<typeof Summary>['mart'];

/**
 * The run's headline: totals per source, and figures that are asked of the Parquet files as they were loaded, not taken
 * over from what the agents counted on the way.
 */
export async function summarize(
  workspace: Workspace,
  workflow: string,
  upstream: Readonly<Record<string, Json>>,
  notes: readonly string[],
): Promise<z.input<typeof Summary>> {
  const results = Object.values(upstream);
  const checked = results.flatMap((result) => ValidateResult.safeParse(result).data ?? []);
  const loads = results.flatMap((result) => LoadResult.safeParse(result).data ?? []);
  const sources = Object.entries(checked[0]?.sources ?? {});
  const loaded = loads.find(({ to }) => to === 'parquet')?.tables ?? [];
  for (const { table, key } of loaded) if (key !== undefined) await workspace.open(table, key);
  const tables: Record<string, number> = {};
  for (const { table } of loaded) tables[table] = await workspace.db.count(`SELECT count(*) FROM ${identifier(table)}`);
  return {
    workflow,
    totals: Object.fromEntries(
      sources.map(([name, totals]) => {
        const { read, loaded, quarantined, filtered } = totals;
        return [name, { ...totals, balanced: read === loaded + quarantined + filtered }];
      }),
    ),
    mart: workflow === 'etl.flight-mart' ? await flightMartFigures(workspace) : { rows: tables.data ?? 0 },
    tables,
    loaded_to: loads.map(({ to, where, current }) => ({ to, where, current })),
    notes: [...notes],
  };
}

async function flightMartFigures({ db }: Workspace): Promise<Figures> {
  const figures: Figures = {};
  for (const [name, sql] of Object.entries(FLIGHT_MART_FIGURES)) {
    const value = Object.values((await db.rows(sql))[0] ?? {})[0] ?? null;
    // DuckDB gives big integers as text.
    figures[name] = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : figureOf(value);
  }
  return figures;
}

function figureOf(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null ? null : String(value);
}
