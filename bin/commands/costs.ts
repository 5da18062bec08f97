import { PRICES_AS_OF } from '../../lambdas/contracts/model-prices.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { findRun, readFold } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import {
  accountLines,
  budgetsTable,
  type CostsOfRun,
  PRICES_TEXT,
  runCostsTable,
  taskCostsTable,
} from '../views/costs.ts';
import { paint } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface CostsOptions extends JsonOption {
  readonly tenant?: string;
  readonly limit?: string;
}

/** Runs read at once. */
const AT_ONCE = 10;

/** `muster costs [RUN]`: what the latest runs of a tenant have used of models and tools, or one run with its budgets. */
export function costs(given: string | undefined, options: CostsOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const { tenant = DEFAULT_TENANT, limit = '20' } = options;
    if (given === undefined) return latest(session, tenant, Number(limit), options);
    const one = await costsOf(session, await findRun(session, given, tenant));
    if (options.json) return printJson({ ...one, prices_as_of: PRICES_AS_OF });
    const { run_id, workflow, status, budgets, tasks } = one;
    const used = tasks.length > 0 ? taskCostsTable(one) : paint.dim('nothing has used models or tools yet');
    const bounds = budgets.length > 0 ? budgetsTable(one) : paint.dim('no budget has been drawn on');
    print(`${run_id}  ${workflow}  ${status}\n\n${used}\n\n${bounds}\n\n${paint.dim(PRICES_TEXT)}`);
  });
}

async function latest(session: Session, tenant: string, limit: number, { json }: JsonOption): Promise<void> {
  const records = await session.runs.list(tenant, limit);
  const runs: CostsOfRun[] = [];
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const some = records.slice(from, from + AT_ONCE).map(({ runId }) => costsOf(session, runId));
    runs.push(...(await Promise.all(some)));
  }
  if (json) return printJson({ tenant, prices_as_of: PRICES_AS_OF, runs });
  print(runs.length === 0 ? `tenant ${tenant} has no runs` : `${runCostsTable(runs)}\n\n${paint.dim(PRICES_TEXT)}`);
}

async function costsOf(session: Session, runId: string): Promise<CostsOfRun> {
  const { fold, view } = await readFold(session, runId);
  const tenant = fold.state.request.tenant || DEFAULT_TENANT;
  const accounts = await session.accounts.list(tenant, runId);
  return {
    ...{ run_id: runId, workflow: view.workflow, status: view.status },
    ...(view.usage && { usage: view.usage }),
    tasks: view.tasks.flatMap(({ id, usage }) => (usage ? [{ task_id: id, usage }] : [])),
    budgets: accounts.map(({ part, account }) => accountLines(runId, part, account, Date.now())),
  };
}
