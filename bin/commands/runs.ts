import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { type ListedRun, runCausesOf } from '../../lambdas/views/run-causes.ts';
import { CliError } from '../cli-error.ts';
import { listRuns } from '../cloud/list-runs.ts';
import { withSession } from '../cloud/session.ts';
import { runCausesTable } from '../views/run-causes.ts';
import { nextText, seconds, table, timeOf } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';
import { RUNS_LIMIT } from './stopped-by.ts';

export interface RunsOptions extends JsonOption {
  readonly tenant?: string;
  readonly limit?: string;
  /** Those that failed or have paused, by what stopped them. */
  readonly causes?: boolean;
}

/** `muster runs`: newest first. */
export function runs(options: RunsOptions, globals: GlobalOptions): Promise<void> {
  const limit = Number(options.limit ?? (options.causes ? RUNS_LIMIT : 20));
  if (!Number.isInteger(limit) || limit < 1)
    throw new CliError(`--limit ${options.limit} is not a whole number from 1`);
  return withSession(globals.stage, async (session) => {
    const list = await listRuns(session, options.tenant ?? DEFAULT_TENANT, limit);
    if (options.causes) return showCauses(list, options);
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
    const [first, ...others] = list.filter(({ status }) => status === 'failed' || status === 'paused');
    if (!first) return;
    const next = [`muster status ${first.runId.slice(0, 12)} --why`];
    print(`\n${nextText(others.length === 0 ? next : [...next, 'muster runs --causes'])}`);
  });
}

function showCauses(list: readonly ListedRun[], { json }: RunsOptions): void {
  const causes = runCausesOf(list);
  if (json) return void printJson(causes);
  if (causes.length === 0) return void print(`none of the latest ${list.length} runs has failed or is paused`);
  print(runCausesTable(causes, Date.now()));
  const next = causes
    .slice(0, 1)
    .flatMap(({ fingerprint, runs: [newest] }) => [
      `muster status ${newest?.runId.slice(0, 12)} --why`,
      `muster resume --cause ${fingerprint}`,
    ]);
  print(`\n${nextText(next)}`);
}
