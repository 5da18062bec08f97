import type { PipelineInput } from '../workflows/pipeline-input.ts';
import { type Plan, task, toJson } from './plan.ts';

/** A pipeline's one source and one table, as its tasks and files call them. */
const SOURCE = 'source';
const TABLE = 'data';

/** The tasks of a pipeline whose rules have been checked. */
export function planPipeline(request: PipelineInput, plannedAt: number): Plan {
  const { source, rules, target } = request;
  const where = source.kind === 'csv' ? source.key : (source.table ?? 'a query');
  return {
    notes: [],
    tasks: [
      task('etl.extract', 'extract_source', `Read ${where}`, ['plan'], { name: SOURCE, source: toJson(source) }),
      task('etl.transform', 'transform_data', `Apply ${rules.length} rules`, ['extract_source'], {
        kind: 'rules',
        table: TABLE,
        source: SOURCE,
        rules: toJson(rules),
      }),
      task(
        'etl.validate',
        'validate',
        'Balance the rows, quarantine rejected ones',
        ['extract_source', 'transform_data'],
        {
          tables: [{ table: TABLE, source: SOURCE, min_rows: 0 }],
          max_rejected_share: request.max_rejected_share,
        },
      ),
      task('etl.load', 'load_parquet', `Load Parquet under ${target.prefix}`, ['validate'], {
        to: 'parquet',
        prefix: target.prefix,
        planned_at: plannedAt,
      }),
      task('etl.summarize', 'summary', 'Count what was loaded', ['validate', 'load_parquet'], {
        workflow: 'etl.pipeline',
        notes: [],
      }),
    ],
  };
}
