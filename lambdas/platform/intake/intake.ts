import { type BusEventDetail, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import { DataError, MusterError } from '../../contracts/errors.ts';
import type { StartRun } from '../../contracts/messages.ts';
import { DEFAULT_TENANT } from '../../contracts/names.ts';
import { Priority } from '../../contracts/priority.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import type { Bus, Logger, RunRecord, Runs } from '../../runtime/ports.ts';
import type { BatchWork } from '../../runtime/queue-handler.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import { requestDigest, runIdOf } from '../../workflow/run-identity.ts';
import { type AdmissionPorts, admit, priorityLevel } from './admit.ts';
import {
  coordinatorHeader,
  documentOf,
  type LaunchPorts,
  launch,
  START_GRACE_MS,
  storedStart,
  toJson,
} from './launch.ts';
import { type IntakeRequest, type Requester, readRequest } from './read-request.ts';

export interface IntakePorts extends AdmissionPorts, LaunchPorts {
  readonly runs: Runs;
  readonly bus: Bus;
  readonly logger: Logger;
}

type StartRequest = Extract<IntakeRequest, { kind: 'start' }>;
type CancelRequest = Extract<IntakeRequest, { kind: 'cancel' }>;

/**
 * Takes requests off the bus and starts runs. Whatever is wrong with a request is answered with `workflow_rejected`
 * and acknowledged; only when a service behind a port fails does the message come back.
 */
export function createIntake(ports: IntakePorts): BatchWork {
  return async (records, invocation) => {
    const outcomes = await Promise.all(records.map((record) => take(record, ports)));
    const count = (outcome: Outcome): number => outcomes.filter((other) => other === outcome).length;
    invocation.note({ accepted: count('accepted'), rejected: count('rejected') });
    return records.filter((_, index) => outcomes[index] === 'again').map((record) => record.id);
  };
}

type Outcome = 'accepted' | 'rejected' | 'again';

async function take(record: QueueRecord, ports: IntakePorts): Promise<Outcome> {
  const read = readRequest(record.body, record.id);
  try {
    if ('fault' in read) throw read.fault;
    const { request, requester } = read;
    if (request.kind === 'start') await start(request, requester, ports);
    else await cancel(request, ports);
    return 'accepted';
  } catch (error) {
    return turnAway(error, read.requester, ports);
  }
}

/** Tells the requester, unless the fault is not the request's: then the queue brings it back. */
async function turnAway(error: unknown, requester: Requester, ports: IntakePorts): Promise<Outcome> {
  const { requestId: request_id, correlationId: correlation_id, tenant, workflow } = requester;
  try {
    if (!(error instanceof MusterError) || error.class !== 'data') throw error;
    const field = String(error.details?.field ?? '');
    const reason = error.message;
    const run_id = runIdOf(tenant, request_id);
    ports.logger.info('request rejected', { run_id, request_id, tenant, workflow, code: error.code, field, reason });
    const detail = { request_id, tenant, workflow, correlation_id, code: error.code, field, reason };
    await ports.bus.publish(PLATFORM_SOURCE, [{ name: 'workflow_rejected', detail }]);
    return 'rejected';
  } catch (failure) {
    ports.logger.error('request could not be dealt with and comes back', { request_id, error: failure });
    return 'again';
  }
}

async function start({ detail, source }: StartRequest, requester: Requester, ports: IntakePorts): Promise<void> {
  const { runs, blobs, clock } = ports;
  const tenant = detail.tenant ?? DEFAULT_TENANT;
  const { requestId } = requester;
  const runId = runIdOf(tenant, requestId);
  const digest = requestDigest(whatIsAsked(detail));
  const earlier = await runs.get(runId);
  if (earlier) return again(earlier, digest, ports);
  const definition = await admit(detail, ports);
  const request = {
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
  const stored = await blobs.put(tenant, toJson(payload));
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
    status: 'requested',
    requestedAt: clock.now(),
    start: stored,
  });
  if (!created.created) return again(created.existing, digest, ports);
  await launch(payload, ports);
}

/** The same request once more: a repeat by the client, a duplicate delivery, or ours after a crash. */
async function again(run: RunRecord, digest: string, ports: IntakePorts): Promise<void> {
  if (run.requestDigest !== digest) {
    const reason = `request id "${run.requestId}" was used for another request (run ${run.runId}); take a new id`;
    throw new DataError('request_id_reused', reason, { field: 'request_id' });
  }
  if (run.status !== 'requested') return;
  await ports.runs.setWake(run.runId, ports.clock.now() + START_GRACE_MS);
  await launch(await storedStart(run, ports.blobs), ports);
}

async function cancel({ detail, source }: CancelRequest, ports: IntakePorts): Promise<void> {
  const run = await ports.runs.get(detail.workflow_id);
  if (!run) {
    const reason = `there is no run ${detail.workflow_id}`;
    throw new DataError('unknown_run', reason, { field: 'workflow_id' });
  }
  if (run.status === 'cancelled') return;
  if (run.status === 'completed' || run.status === 'failed') {
    throw new DataError('run_ended', `run ${run.runId} has ${run.status} already`, { field: 'workflow_id' });
  }
  const about = { tenant: run.tenant, correlation_id: run.correlationId, priority: Priority.high };
  const payload = {
    run_id: run.runId,
    reason: detail.reason,
    requested_by: detail.requested_by || source || 'unknown',
  };
  const body = await encodeMessage({ header: coordinatorHeader('cancel_run', about, ports), payload }, ports.blobs);
  await ports.queues.send(ports.coordinatorQueue, [{ body, groupId: run.runId, deduplicationId: ports.ids.uuid() }]);
}

/** What a repeat must have in common; how it is traced and who repeats it may differ. */
function whatIsAsked({ workflow, version, input, priority, definition }: BusEventDetail<'workflow_requested'>) {
  return {
    workflow,
    version: version ?? null,
    input,
    priority: priority === undefined ? null : priorityLevel(priority),
    definition: definition ?? null,
  };
}
