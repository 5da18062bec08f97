import { DataError } from '../../contracts/errors.ts';
import type { ResumeRun } from '../../contracts/messages.ts';
import type { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import type { Blobs, Registry, RunRecord } from '../../runtime/ports.ts';
import { checkAgents } from '../../workflow/check-agents.ts';
import { documentOf } from './launch.ts';
import type { RequestOf } from './read-request.ts';

interface ResumptionPorts {
  readonly registry: Registry;
  readonly blobs: Blobs;
}

/**
 * What the coordinator is told of a request to resume: with the definition, when its edit names a version.
 * @throws DataError `run_completed`, `unknown_version`, or what speaks against the definition
 */
export async function resumption(
  { id, detail }: RequestOf<'resume'>,
  run: RunRecord,
  ports: ResumptionPorts,
): Promise<ResumeRun> {
  const { workflow_id: run_id, edit, stay_paused, reason, requested_by } = detail;
  if (run.status === 'completed') {
    const advice = 'fork it to do some of it anew';
    throw new DataError('run_completed', `run ${run_id} has completed: there is nothing to resume; ${advice}`, {
      field: 'workflow_id',
    });
  }
  const definition = edit?.version === undefined ? undefined : await definitionOf(run, edit.version, ports.registry);
  return {
    ...{ run_id, request_id: id, requested_by, reason },
    ...(edit && { edit }),
    ...(definition && { definition: await documentOf(definition, run.tenant, ports.blobs) }),
    ...(stay_paused !== undefined && { stay_paused }),
  };
}

/**
 * The registered definition of a run's workflow in this version, if there is an agent for each of its tasks.
 * @throws DataError `unknown_version`, `unknown_agent` or `unknown_task_type`
 */
export async function definitionOf(
  { workflow }: Pick<RunRecord, 'workflow'>,
  version: number,
  registry: Registry,
): Promise<WorkflowDefinition> {
  const definition = await registry.definition(workflow, version);
  if (!definition) {
    const latest = await registry.definition(workflow);
    const known = latest
      ? `its latest is ${latest.version}`
      : 'it is not registered: the run brought its own definition';
    throw new DataError('unknown_version', `workflow "${workflow}" has no version ${version}; ${known}`, {
      field: 'edit.version',
    });
  }
  checkAgents(definition, await registry.agents());
  return definition;
}
