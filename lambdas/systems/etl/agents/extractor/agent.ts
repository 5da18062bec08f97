import { type AgentContext, defineAgent } from '../../../../runtime/agent.ts';
import { withWorkspace } from '../../duckdb/workspace.ts';
import { csvBatches } from '../../extract/csv-source.ts';
import { postgresBatches } from '../../extract/postgres-source.ts';
import { restBatches } from '../../extract/rest-source.ts';
import { extractTo, type SourceBatch } from '../../extract/row-sink.ts';
import { dataBucket, runFiles } from '../../run-files.ts';
import type { Source } from '../../sources.ts';
import { type ExtractParameters, manifest, REST_REACH } from './manifest.ts';

/** The agent's context, with its own parameters. */
type Context = AgentContext<typeof ExtractParameters>;

/** Where the URLs of REST sources may lead; `here` is for the emulator, whose demo API is on this machine. */
export type RestReach = 'public' | 'private' | 'here';
const isRestReach = (text: string): text is RestReach => ['public', 'private', 'here'].includes(text);

/** `fetch` that goes so far and no further. */
export type FetchWithin = (reach: RestReach) => typeof fetch;

export const extractor = (fetchWithin: FetchWithin) =>
  defineAgent(manifest, {
    'etl.extract': ({ name, source }, ctx) =>
      withWorkspace(ctx, async (workspace) => {
        ctx.progress(0, `opening ${source.kind} source ${name}`);
        const outcome = await extractTo(
          workspace,
          ctx.runId,
          name,
          await batchesOf(name, source, ctx, fetchWithin),
          (read, fraction) =>
            // Without a known end, progress approaches it: half way at 10,000 rows.
            ctx.progress(0.95 * (fraction ?? 1 - 1 / (1 + read / 10_000)), `${name}: ${read} rows read`),
        );
        ctx.logger.info('extracted', { source: name, read: outcome.read, rejected: outcome.rejected });
        return {
          task: 'extract' as const,
          source: name,
          kind: source.kind,
          key: runFiles(ctx.runId).extracted(name),
          ...outcome,
        };
      }),
  });

async function batchesOf(
  name: string,
  source: Source,
  ctx: Context,
  fetchWithin: FetchWithin,
): Promise<AsyncIterable<SourceBatch>> {
  const reach = ctx.setting(REST_REACH) ?? 'public';
  switch (source.kind) {
    case 'csv':
      return csvBatches(dataBucket(ctx), source, ctx.signal);
    case 'postgres':
      return postgresBatches(name, source, (how) => ctx.secret(source.secret, how), ctx.signal);
    case 'rest':
      return restBatches(source, {
        ...{ name, signal: ctx.signal, deadline: ctx.deadline, now: () => ctx.clock.now() },
        fetch: fetchWithin(isRestReach(reach) ? reach : 'public'),
        patience: { tries: ctx.parameters.rest_tries, timeoutSeconds: ctx.parameters.rest_timeout_seconds },
      });
  }
}
