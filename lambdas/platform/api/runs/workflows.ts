import { mayDo } from '../../../contracts/access.ts';
import { ROUTES } from '../../../contracts/api/routes.ts';
import { DataError } from '../../../contracts/errors.ts';
import type { RunRecord } from '../../../runtime/ports.ts';
import { listedRuns } from '../../../views/list-runs.ts';
import { resultOfRun } from '../../../views/run-result.ts';
import { hasEnded } from '../../../views/run-view.ts';
import { checkAgents } from '../../../workflow/check-agents.ts';
import { checkInput, didYouMean } from '../../../workflow/definition.ts';
import { ApiError } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import type { Caller, Handler } from '../call.ts';
import { cursorOf, placeOf, TimedPlace } from '../edge/cursor.ts';
import { acceptedAnswer, statusNameOf, statusOf, summaryOf } from './answers.ts';
import { askForRun, type Work } from './ask-for-run.ts';
import { openRun } from './open-run.ts';

export const startWorkflow: Handler<'startWorkflow'> = async ({ caller, body }, ports) => {
  const { workflow, input, version, priority, correlation_id, definition } = body;
  const work: Work = {
    ...{ workflow, input },
    ...(version !== undefined && { version }),
    ...(priority !== undefined && { priority }),
    ...(correlation_id !== undefined && { correlation_id }),
    ...(definition !== undefined && { definition }),
  };
  if (definition === undefined) await checkRegistered(work, ports);
  const { runId, record } = await askForRun(caller, [work], ports);
  return acceptedAnswer(runId, record?.status ?? 'requested', caller.requestId);
};

/** What is wrong on its face is said at once; everything else finds the intake. */
async function checkRegistered({ workflow, version, input }: Work, { registry }: ApiPorts): Promise<void> {
  const definition = await registry.definition(workflow, version);
  if (!definition) {
    const known = (await registry.definitions()).map(({ name }) => name);
    const which = version === undefined ? `"${workflow}"` : `"${workflow}" of version ${version}`;
    throw new DataError('unknown_workflow', `there is no workflow ${which}${didYouMean(workflow, known)}`, {
      field: 'body.workflow',
    });
  }
  try {
    checkInput(definition, input);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(error.code, error.message, { field: `body.${String(error.details?.field ?? 'input')}` });
  }
  checkAgents(definition, await registry.agents());
}

export const listDefinitions: Handler<'listDefinitions'> = async (_call, { registry }) => {
  const definitions = [...(await registry.definitions())].sort((a, b) => a.name.localeCompare(b.name));
  const items = definitions.map(({ name, version, description, tasks, input }) => ({
    ...{ workflow: name, version, description, tasks: tasks.length },
    ...(input && { input }),
  }));
  return { status: 200, body: { items } };
};

export const listWorkflows: Handler<'listWorkflows'> = async ({ caller, query }, ports) => {
  const { limit, cursor, correlation_id: correlation } = query;
  const place = placeOf(cursor, TimedPlace);
  const before = place && { requestedAt: place.at, runId: place.id };
  // One more than is shown says whether there is another page.
  const found =
    correlation === undefined
      ? await ports.runs.list(caller.tenant, limit + 1, before)
      : await correlated(caller, correlation, limit + 1, before, ports);
  const page = found.slice(0, limit);
  const seen = page.filter((record) => maySee(caller, record));
  const items = (await listedRuns(ports, seen)).map((run) => summaryOf(run));
  const last = page.at(-1);
  const more = found.length > page.length && last;
  return {
    status: 200,
    body: { items, ...(more && { next_cursor: cursorOf({ at: last.requestedAt, id: last.runId }) }) },
  };
};

/** Runs of one correlation are few: those of a conversation. */
const MOST_CORRELATED = 1_000;

async function correlated(
  { tenant }: Caller,
  correlation: string,
  limit: number,
  before: Pick<RunRecord, 'requestedAt' | 'runId'> | undefined,
  { runs }: ApiPorts,
): Promise<RunRecord[]> {
  const all = await runs.correlated(tenant, correlation, MOST_CORRELATED);
  const from = before ? all.findIndex(({ runId }) => runId === before.runId) + 1 : 0;
  return all.slice(from, from + limit);
}

/** Who may see no more than their own sees no more than their own. */
function maySee({ principal, tenant }: Caller, { requestedBy: createdBy }: RunRecord): boolean {
  const { resource, action } = ROUTES.listWorkflows.access;
  return mayDo(principal, resource, action, { tenant, createdBy }).ok;
}

export const getWorkflow: Handler<'getWorkflow'> = async ({ caller, params }, ports) => {
  const run = await openRun(caller, params.workflow_id, ROUTES.getWorkflow.access, ports);
  return { status: 200, body: statusOf(run) };
};

export const getWorkflowResult: Handler<'getWorkflowResult'> = async ({ caller, params }, ports) => {
  const { workflow_id } = params;
  const { view } = await openRun(caller, workflow_id, ROUTES.getWorkflowResult.access, ports);
  if (view.status === 'completed')
    return { status: 200, body: { workflow_id, status: 'completed', result: await resultOfRun(ports, view) } };
  if (!hasEnded(view)) return acceptedAnswer(workflow_id, statusNameOf(view));
  const why = view.error ? `: ${view.error.message}` : view.reason ? `: ${view.reason}` : '';
  throw new ApiError('conflict', `the run has no result, it is ${view.status}${why}`, {
    code: view.error?.code ?? view.status,
    extras: { workflow_id },
  });
};
