import { defineAgent } from '../../../../runtime/agent.ts';
import { withWorkspace } from '../../duckdb/workspace.ts';
import { validateRun } from '../../validate/validate-run.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'etl.validate': async (input, ctx) => {
    const upstream = await ctx.upstream();
    return withWorkspace(ctx, async (workspace) => {
      const report = (fraction: number, step: string) => ctx.progress(fraction, step);
      const outcome = await validateRun(workspace, ctx.runId, input, upstream, report);
      ctx.logger.info('validated', { sources: outcome.sources, checks: outcome.checks_passed });
      return outcome;
    });
  },
});
