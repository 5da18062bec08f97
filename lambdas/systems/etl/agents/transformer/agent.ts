import { defineAgent } from '../../../../runtime/agent.ts';
import { withWorkspace } from '../../duckdb/workspace.ts';
import { transformFlightMart } from '../../transform/flight-mart-table.ts';
import { transformByRules } from '../../transform/rules-table.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'etl.transform': async (input, ctx) => {
    const upstream = await ctx.upstream();
    return withWorkspace(ctx, async (workspace) => {
      ctx.progress(0, `building ${input.table}`);
      const outcome = await (input.kind === 'rules'
        ? transformByRules(workspace, ctx.runId, input, upstream)
        : transformFlightMart(workspace, ctx.runId, input.table, upstream));
      ctx.logger.info('transformed', { ...outcome });
      return outcome;
    });
  },
});
