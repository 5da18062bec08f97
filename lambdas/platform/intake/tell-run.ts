import type * as z from 'zod';
import type { ResultValue } from '../../contracts/blob.ts';
import { DataError } from '../../contracts/errors.ts';
import { asJson, type Json } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { CancelRun, DecideTask, DeliverEvent, MESSAGE_SCHEMAS, MessageType } from '../../contracts/messages.ts';
import { DEFAULT_TENANT } from '../../contracts/names.ts';
import { Priority, type PriorityLevel } from '../../contracts/priority.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import type { Blobs, RunRecord, Runs } from '../../runtime/ports.ts';
import type { RunQuota } from '../../tenancy/run-quota.ts';
import { runIdOf } from '../../workflow/run-identity.ts';
import type { AdmissionPorts } from './admit.ts';
import { coordinatorHeader, type LaunchPorts } from './launch.ts';
import type { IntakeRequest, RequestOf } from './read-request.ts';
import { resumption } from './resume-run.ts';

/** A request about a run, instead of for one. */
export type RunMessage = Exclude<IntakeRequest, { kind: 'start' | 'hold' | 'fork' }>;

/** The run that a message is for, and the field that said so. */
export interface Addressee {
  readonly runId: string;
  readonly field: 'workflow_id' | 'request_id';
}

/** @throws DataError when an event names no run, or names it twice */
export function addresseeOf({ kind, detail }: RunMessage): Addressee {
  if (kind !== 'event') return { runId: detail.workflow_id, field: 'workflow_id' };
  const { workflow_id: runId, request_id: requestId, tenant = DEFAULT_TENANT } = detail;
  if (runId !== undefined && requestId !== undefined) {
    throw new DataError('invalid_request', 'name the run by workflow_id or by request_id, not by both', {
      field: 'request_id',
    });
  }
  if (requestId !== undefined) return { runId: runIdOf(tenant, requestId), field: 'request_id' };
  if (runId !== undefined) return { runId, field: 'workflow_id' };
  throw new DataError('invalid_request', 'which run? name it by workflow_id, or by the request_id it was asked for', {
    field: 'workflow_id',
  });
}

/**
 * The run that is meant, if it exists yet. Who names a tenant reaches its runs and those to come that it names by their
 * requests, since these ids are made of both: what were kept for any other id might become another tenant's.
 * @throws DataError `unknown_run`, the same whether it is another tenant's or nobody's
 */
export async function runFor(
  { kind, detail }: RunMessage,
  { runId, field }: Addressee,
  runs: Pick<Runs, 'get'>,
): Promise<RunRecord | undefined> {
  const run = await runs.get(runId);
  const tenant = kind === 'event' ? detail.tenant : undefined;
  if (tenant === undefined || (run ? run.tenant === tenant : field === 'request_id')) return run;
  throw new DataError('unknown_run', `tenant "${tenant}" has no run ${runId}`, { field: 'tenant' });
}

export type TellPorts = Pick<
  LaunchPorts,
  'clock' | 'ids' | 'blobs' | 'messageSecurity' | 'queues' | 'coordinatorQueue'
> & { readonly quota: Pick<RunQuota, 'early'> };

/**
 * Passes a message on to the coordinator, in the group of its run. An event may be for a run that does not exist yet:
 * the coordinator keeps it until then.
 * @param run as it is recorded, if it is
 * @throws DataError `unknown_run` or `run_ended` when it can't count
 */
export async function tellRun(
  request: RunMessage,
  to: Addressee,
  run: RunRecord | undefined,
  ports: TellPorts & Pick<AdmissionPorts, 'registry'>,
): Promise<void> {
  switch (request.kind) {
    case 'cancel': {
      const known = mustExist(run, to);
      if (known.status === 'cancelled') return;
      mustBeOpen(known, to);
      return send('cancel_run', known, cancellation(request), Priority.high, ports);
    }
    case 'event': {
      if (run) mustBeOpen(run, to);
      const { tenant = DEFAULT_TENANT } = request.detail;
      if (!run) await ports.quota.early(tenant, to.runId);
      const about = run ?? { runId: to.runId, tenant, correlationId: request.id };
      const event = await delivery(request, about, ports.blobs);
      return send('deliver_event', about, event, Priority.normal, ports);
    }
    case 'decision': {
      const known = mustExist(run, to);
      mustBeOpen(known, to);
      return send('decide_task', known, decision(request), Priority.normal, ports);
    }
    case 'pause': {
      const known = mustExist(run, to);
      mustBeOpen(known, to);
      const { workflow_id: run_id, reason, requested_by } = request.detail;
      const pause = { run_id, request_id: request.id, reason, requested_by };
      return send('pause_run', known, pause, Priority.high, ports);
    }
    case 'resume': {
      const known = mustExist(run, to);
      return send('resume_run', known, await resumption(request, known, ports), Priority.high, ports);
    }
  }
}

function mustExist(run: RunRecord | undefined, { runId, field }: Addressee): RunRecord {
  if (run) return run;
  throw new DataError('unknown_run', `there is no run ${runId}`, { field });
}

function mustBeOpen({ runId, status }: RunRecord, { field }: Addressee): void {
  if (status === 'requested' || status === 'running') return;
  const how = status === 'cancelled' ? 'was cancelled' : `has ${status}`;
  throw new DataError('run_ended', `run ${runId} ${how} already`, { field });
}

function cancellation({ id: request_id, detail, source }: RequestOf<'cancel'>): CancelRun {
  const { workflow_id: run_id, reason, requested_by } = detail;
  return { run_id, request_id, reason, requested_by: requested_by || source || 'unknown' };
}

type About = Pick<RunRecord, 'runId' | 'tenant' | 'correlationId'>;

async function delivery({ id, detail }: RequestOf<'event'>, about: About, blobs: Blobs): Promise<DeliverEvent> {
  const { event, key, payload, event_id = id } = detail;
  const value = await payloadOf(payload, about.tenant, blobs);
  return { run_id: about.runId, event_id, event, payload: value, ...(key !== undefined && { key }) };
}

/** Small payloads ride along into the journal, as results of tasks do. */
async function payloadOf(value: Json, tenant: string, blobs: Blobs): Promise<ResultValue> {
  const small = Buffer.byteLength(JSON.stringify(value)) <= LIMITS.inlineResult;
  return small ? { value } : { ref: await blobs.put(tenant, value) };
}

function decision({ id, detail: { workflow_id: run_id, ...said } }: RequestOf<'decision'>): DecideTask {
  return { run_id, event_id: id, ...said };
}

type Told = Extract<MessageType, `${string}_run` | 'deliver_event' | 'decide_task'>;

async function send<T extends Told>(
  type: T,
  { runId, tenant, correlationId }: About,
  payload: z.input<(typeof MESSAGE_SCHEMAS)[T]>,
  priority: PriorityLevel,
  ports: TellPorts,
): Promise<void> {
  const header = coordinatorHeader(type, { tenant, correlation_id: correlationId, priority }, ports);
  const body = await encodeMessage({ header, payload: asJson(payload) }, ports);
  await ports.queues.send(ports.coordinatorQueue, [{ body, groupId: runId, deduplicationId: ports.ids.uuid() }]);
}
