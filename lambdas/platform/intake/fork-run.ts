import type { RunEdit } from '../../contracts/control.ts';
import { DataError, MusterError } from '../../contracts/errors.ts';
import { asJson } from '../../contracts/json.ts';
import type { ForkRun } from '../../contracts/messages.ts';
import { Priority } from '../../contracts/priority.ts';
import type { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import type { Holds, RunRecord, Runs } from '../../runtime/ports.ts';
import type { RunQuota } from '../../tenancy/run-quota.ts';
import { checkEdit } from '../../workflow/check-edit.ts';
import { openDocuments } from '../../workflow/documents.ts';
import { evolve } from '../../workflow/evolve.ts';
import { type ForkPoint, forkPoint } from '../../workflow/fork-point.ts';
import { forkEvent } from '../../workflow/fork-run.ts';
import type { Journal } from '../../workflow/journal.ts';
import { stateJson } from '../../workflow/replay.ts';
import { requestDigest, runIdOf } from '../../workflow/run-identity.ts';
import { newRun } from '../../workflow/state.ts';
import type { AdmissionPorts } from './admit.ts';
import { coordinatorHeader, documentOf, type LaunchPorts, START_GRACE_MS } from './launch.ts';
import type { Requester, RequestOf } from './read-request.ts';
import { refuseWhileDraining } from './refuse-draining.ts';
import { definitionOf } from './resume-run.ts';

export interface ForkPorts extends Pick<AdmissionPorts, 'registry'>, Omit<LaunchPorts, 'lifecycle'> {
  readonly runs: Pick<Runs, 'get' | 'create' | 'setWake'>;
  readonly holds: Pick<Holds, 'read'>;
  readonly journal: Pick<Journal, 'read'>;
  readonly quota: RunQuota;
}

type Request = RequestOf<'fork'>;

/** The run that is forked, and the one that the fork will be. */
export interface Forking {
  readonly source: RunRecord;
  readonly requestId: string;
  readonly runId: string;
}

/** @throws DataError `unknown_run` */
export async function forkingOf(
  { detail }: Request,
  { requestId }: Requester,
  runs: Pick<Runs, 'get'>,
): Promise<Forking> {
  const source = await runs.get(detail.workflow_id);
  if (!source) throw new DataError('unknown_run', `there is no run ${detail.workflow_id}`, { field: 'workflow_id' });
  return { source, requestId, runId: runIdOf(source.tenant, requestId) };
}

/**
 * Gives a fork its run, and has the coordinator begin it where the other one stood. Everything that speaks against it is
 * found before anything is written; the same request again finds the run it has made.
 * @throws DataError naming the field
 */
export async function forkRun(
  request: Request,
  { source, requestId, runId }: Forking,
  ports: ForkPorts,
): Promise<void> {
  const { detail } = request;
  const { runs, blobs, clock } = ports;
  const { tenant, workflow } = source;
  const { workflow_id: from, at = null, edit, effects } = detail;
  const digest = requestDigest(asJson({ from, at, edit: edit ?? null, effects }));
  const earlier = await runs.get(runId);
  if (earlier) return again(earlier, digest, ports);
  await refuseWhileDraining(tenant, ports.holds);
  await ports.quota.mayAct(tenant, 'begin');
  const point = await pointOf(request, ports);
  const definition = edit?.version === undefined ? undefined : await definitionOf(source, edit.version, ports.registry);
  const payload: ForkRun = {
    ...{ run_id: runId, from, at: point.at, effects },
    request: {
      request_id: requestId,
      tenant,
      correlation_id: source.correlationId,
      requested_by: detail.requested_by,
      priority: point.state.request.priority,
    },
    ...(edit && { edit }),
    ...(definition && { definition: await documentOf(definition, tenant, blobs) }),
  };
  if (edit) await check(edit, payload, point, definition, ports);
  const granted = { ...payload, request: { ...payload.request, ...(await ports.quota.admit(tenant, runId)) } };
  const stored = await blobs.put(tenant, asJson(granted));
  // The wake row comes before the run, so that there is never a run which nobody would ever look at (rule 3).
  await runs.setWake(runId, clock.now() + START_GRACE_MS);
  const created = await runs.create({
    ...{ runId, tenant, requestId, workflow, requestDigest: digest, status: 'requested', start: stored },
    requestedBy: detail.requested_by,
    correlationId: source.correlationId,
    version: definition?.version ?? point.state.definition.version,
    requestedAt: clock.now(),
  });
  if (!created.created) return again(created.existing, digest, ports);
  await send(granted, ports);
}

async function pointOf({ detail }: Request, { journal, blobs }: ForkPorts): Promise<ForkPoint> {
  const { workflow_id: from, at } = detail;
  const stored = await journal.read(from, 0);
  const entries = await openDocuments(stored, (ref) => blobs.get(ref)).catch((error: unknown) => {
    throw error instanceof TypeError ? unreadable(from, error) : error;
  });
  try {
    return forkPoint(from, entries, at);
  } catch (error) {
    throw error instanceof MusterError ? error : unreadable(from, error);
  }
}

/** The engine trusts its journals: what it stumbles over was written by another one. */
function unreadable(from: string, error: unknown): DataError {
  const why = error instanceof Error ? error.message : String(error);
  const reason = `run ${from} can't be forked: another version has written its journal: ${why}`;
  return new DataError('unreadable_journal', reason.slice(0, 2_000), { field: 'workflow_id' });
}

/** The changes must be possible in the state with which the fork begins. */
async function check(
  edit: RunEdit,
  payload: ForkRun,
  { state }: ForkPoint,
  definition: WorkflowDefinition | undefined,
  { clock, registry }: ForkPorts,
): Promise<void> {
  const now = clock.now();
  const { definition: _stored, ...rest } = payload;
  const event = forkEvent({ ...rest, state: stateJson(state), records: {} }, now);
  checkEdit(evolve(newRun(payload.run_id), [event], now), edit, definition, await registry.agents());
}

/** The same request once more. The sweeper begins a run whose message was lost. */
async function again(run: RunRecord, digest: string, { runs, clock }: ForkPorts): Promise<void> {
  if (run.requestDigest !== digest) {
    const reason = `request id "${run.requestId}" was used for another request (run ${run.runId}); take a new id`;
    throw new DataError('request_id_reused', reason, { field: 'request_id' });
  }
  if (run.status === 'requested') await runs.setWake(run.runId, clock.now());
}

async function send(payload: ForkRun, ports: ForkPorts): Promise<void> {
  const header = coordinatorHeader('fork_run', { ...payload.request, priority: Priority.normal }, ports);
  const body = await encodeMessage({ header, payload: asJson(payload) }, ports);
  const message = { body, groupId: payload.run_id, deduplicationId: ports.ids.uuid() };
  await ports.queues.send(ports.coordinatorQueue, [message]);
}
