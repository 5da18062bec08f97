import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { CliError } from '../cli-error.ts';
import { withSession } from '../cloud/session.ts';
import { seconds, table, timeOf } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface RunsOptions extends JsonOption {
  readonly tenant?: string;
  readonly limit: string;
}

/** `muster runs`: newest first. */
export function runs(options: RunsOptions, globals: GlobalOptions): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new CliError(`--limit ${options.limit} is not a whole number from 1`);
  return withSession(globals.stage, async (session) => {
    const list = await session.runs.list(options.tenant ?? DEFAULT_TENANT, limit);
    if (options.json) return printJson(list);
    if (list.length === 0) return print('no runs yet: try "npx muster run etl.flight-mart --wait"');
    const now = Date.now();
    const rows = list.map((run) => [
      run.runId.slice(0, 12),
      run.workflow,
      run.status,
      timeOf(run.requestedAt, now),
      run.endedAt === undefined ? '' : seconds(run.endedAt - run.requestedAt),
      run.error ? `${run.error.code}: ${run.error.message}`.slice(0, 80) : '',
    ]);
    print(table(['run', 'workflow', 'status', 'requested', 'took', ''], rows));
  });
}
