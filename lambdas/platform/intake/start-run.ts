import { DataError } from '../../contracts/errors.ts';
import { asJson } from '../../contracts/json.ts';
import type { StartRun } from '../../contracts/messages.ts';
import { DEFAULT_TENANT } from '../../contracts/names.ts';
import { Priority } from '../../contracts/priority.ts';
import type { Holds, RunRecord, Runs } from '../../runtime/ports.ts';
import type { RunQuota } from '../../tenancy/run-quota.ts';
import { priorityLevel, workDigest } from '../../workflow/requested-work.ts';
import { runIdOf } from '../../workflow/run-identity.ts';
import { type AdmissionPorts, admit } from './admit.ts';
import { documentOf, type LaunchPorts, launch, START_GRACE_MS, storedStart } from './launch.ts';
import type { Requester, RequestOf } from './read-request.ts';
import { refuseWhileDraining } from './refuse-draining.ts';

export interface StartPorts extends AdmissionPorts, LaunchPorts {
  readonly runs: Pick<Runs, 'get' | 'create' | 'setWake'>;
  readonly holds: Pick<Holds, 'read'>;
  readonly quota: RunQuota;
}

/**
 * Gives a request its run, and starts it. A crash at any point leaves either nothing or a run that the sweeper finds.
 * @throws DataError naming the field when it can't run
 */
export async function startRun(
  { detail, source }: RequestOf<'start'>,
  requester: Requester,
  ports: StartPorts,
): Promise<void> {
  const { runs, blobs, clock } = ports;
  const tenant = detail.tenant ?? DEFAULT_TENANT;
  const { requestId } = requester;
  const runId = runIdOf(tenant, requestId);
  const digest = workDigest(detail);
  const earlier = await runs.get(runId);
  if (earlier) return again(earlier, digest, ports);
  await refuseWhileDraining(tenant, ports.holds);
  await ports.quota.mayAct(tenant, 'begin');
  const definition = await admit(detail, ports);
  const request = {
    ...(await ports.quota.admit(tenant, runId)),
    request_id: requestId,
    tenant,
    correlation_id: requester.correlationId,
    requested_by: detail.requested_by || source || 'unknown',
    priority: detail.priority === undefined ? (definition.priority ?? Priority.normal) : priorityLevel(detail.priority),
  };
  const payload: StartRun = {
    run_id: runId,
    request,
    definition: await documentOf(definition, tenant, blobs),
    input: await documentOf(detail.input, tenant, blobs),
  };
  const stored = await blobs.put(tenant, asJson(payload));
  // The wake row comes before the run, so that there is never a run which nobody would ever look at (rule 3).
  await runs.setWake(runId, clock.now() + START_GRACE_MS);
  const created = await runs.create({
    runId,
    tenant,
    requestId,
    correlationId: request.correlation_id,
    workflow: definition.name,
    version: definition.version,
    requestDigest: digest,
    requestedBy: request.requested_by,
    status: 'requested',
    requestedAt: clock.now(),
    start: stored,
  });
  if (!created.created) return again(created.existing, digest, ports);
  await launch(payload, ports);
}

/** The same request once more: a repeat by the client, a duplicate delivery, or ours after a crash. */
async function again(run: RunRecord, digest: string, ports: StartPorts): Promise<void> {
  if (run.requestDigest !== digest) {
    const reason = `request id "${run.requestId}" was used for another request (run ${run.runId}); take a new id`;
    throw new DataError('request_id_reused', reason, { field: 'request_id' });
  }
  if (run.status !== 'requested') return;
  await ports.runs.setWake(run.runId, ports.clock.now() + START_GRACE_MS);
  await launch(await storedStart(run, ports.blobs), ports);
}
