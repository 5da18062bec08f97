import { DataError } from '../../../contracts/errors.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { withWorkspace } from '../duckdb/workspace.ts';
import { csvColumns } from '../extract/csv-source.ts';
import { checkRules } from '../transform/check-rules.ts';
import type { PipelineInput } from '../workflows/pipeline-input.ts';

/**
 * Checks what the schema can't: that the CSV file is there, that rules name its columns, that expressions are safe and
 * patterns valid. A database is asked for its columns when it is read.
 * @throws DataError `pipeline_invalid` pointing into the request
 */
export async function checkPipeline(ctx: AgentContext, { source, rules }: PipelineInput): Promise<void> {
  await withWorkspace(ctx, async ({ db, bucket }) => {
    let columns: string[] | undefined;
    if (source.kind === 'csv') {
      columns = await csvColumns(bucket, source).catch((error: unknown) => {
        if (error instanceof DataError && error.code === 'object_missing')
          throw invalid('source.key', `there is no object "${source.key}" in the data bucket`);
        throw error;
      });
      if (columns.length === 0)
        throw invalid('source.key', `"${source.key}" is empty; its first line names the columns`);
    }
    const [problem, ...more] = await checkRules(db, rules, columns);
    if (problem === undefined) return;
    const rest = more.map(({ path, message }) => `; ${path}: ${message}`).join('');
    throw invalid(problem.path, problem.message + rest);
  });
}

const invalid = (field: string, message: string) =>
  new DataError('pipeline_invalid', `${field}: ${message}`.slice(0, 2_000), { field });
