import { defineAgent } from '../../../../runtime/agent.ts';
import { withWorkspace } from '../../duckdb/workspace.ts';
import { loadParquet } from '../../load/load-parquet.ts';
import { loadPostgres } from '../../load/load-postgres.ts';
import { dataBucket } from '../../run-files.ts';
import { ValidateResult } from '../../task-shapes.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'etl.load': async (input, ctx) => {
    const checked = ValidateResult.parse(await ctx.upstream('validate'));
    ctx.progress(0, `loading to ${input.to}`);
    const at = { runId: ctx.runId, plannedAt: input.planned_at };
    if (input.to === 'parquet')
      return loadParquet(dataBucket(ctx), { ...at, prefix: input.prefix, now: ctx.clock.now() }, checked);
    const { schema, keys, secret } = input;
    const load = {
      ...{ ...at, schema, keys, signal: ctx.signal },
      url: (how: { readonly fresh: boolean }) => ctx.secret(secret, how),
    };
    return withWorkspace(ctx, (workspace) =>
      loadPostgres(workspace, load, checked, (fraction, step) => ctx.progress(fraction, step)),
    );
  },
});
