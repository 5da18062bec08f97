import type { AgentContext } from '../../runtime/agent.ts';
import type { ObjectStore } from '../../runtime/ports.ts';
import { tenantObjects } from '../../runtime/tenant-objects.ts';

export const DATA_BUCKET = 'etl-data';

/**
 * Where a run keeps its files. Keys depend on the run and the name alone, so a second attempt overwrites what the
 * first one left, and no two tasks of a run write the same key.
 */
export const runFiles = (runId: string) => ({
  extracted: (source: string): string => `runs/${runId}/extracted/${source}.parquet`,
  transformed: (table: string): string => `runs/${runId}/transformed/${table}.parquet`,
  checked: (table: string): string => `runs/${runId}/checked/${table}.parquet`,
  rejects: (stage: string, name: string): string => `runs/${runId}/rejects/${stage}-${name}.parquet`,
  quarantine: (source: string): string => `runs/${runId}/quarantine/${source}.csv`,
  report: (): string => `runs/${runId}/validation.json`,
});

/** The files of the run that made one: a fork reads what its first run has left. */
export function filesBeside(key: string): ReturnType<typeof runFiles> {
  const [, runId = ''] = key.split('/');
  return runFiles(runId);
}

/** The data bucket as this tenant sees it. */
export const dataBucket = (ctx: Pick<AgentContext, 'bucket' | 'tenant'>): ObjectStore =>
  tenantObjects(ctx.bucket(DATA_BUCKET), ctx.tenant);
