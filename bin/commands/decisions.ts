import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { type DecisionOfRun, openDecisions } from '../../lambdas/views/open-decisions.ts';
import { findRun, readRun } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { decisionsTable } from '../views/decisions.ts';
import { paint } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface DecisionsOptions extends JsonOption {
  readonly run?: string;
  readonly tenant?: string;
}

/** Runs looked at when none is named: the latest. */
const RUNS = 100;
const AT_ONCE = 10;

/** `muster decisions`: the questions that tasks wait to have answered. */
export function decisions(options: DecisionsOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const runIds = await runsToLookAt(session, options);
    const open: DecisionOfRun[] = [];
    for (let from = 0; from < runIds.length; from += AT_ONCE) {
      const found = runIds.slice(from, from + AT_ONCE).map((runId) => questionsOf(session, runId));
      open.push(...(await Promise.all(found)).flat());
    }
    if (options.json) return printJson(open);
    if (open.length === 0) {
      return print(options.run ? 'this run waits for nobody' : `none of the latest ${RUNS} runs waits for a person`);
    }
    print(decisionsTable(open, Date.now()));
    print(paint.dim('\nnext: npx muster decide RUN TASK OPTION --comment "why"'));
  });
}

async function runsToLookAt(session: Session, { run, tenant = DEFAULT_TENANT }: DecisionsOptions): Promise<string[]> {
  if (run !== undefined) return [await findRun(session, run, tenant)];
  const latest = await session.runs.list(tenant, RUNS);
  return latest.filter(({ status }) => status === 'running' || status === 'requested').map(({ runId }) => runId);
}

async function questionsOf(session: Session, runId: string): Promise<DecisionOfRun[]> {
  const view = await readRun(session, runId);
  return openDecisions(view).map((open) => ({ run_id: runId, workflow: view.workflow, ...open }));
}
