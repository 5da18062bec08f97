import { API_SOURCE, BUS_EVENTS, type BusEventDetail } from '../../../contracts/bus-events.ts';
import { DataError, issuesOf } from '../../../contracts/errors.ts';
import { LIMITS } from '../../../contracts/limits.ts';
import type { Rejection, RunRecord } from '../../../runtime/ports.ts';
import { workDigest } from '../../../workflow/requested-work.ts';
import { runIdOf } from '../../../workflow/run-identity.ts';
import { ApiError, asApiError } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import type { Caller } from '../call.ts';
import { until } from './until.ts';

export type Work = Pick<BusEventDetail<'workflow_requested'>, 'workflow' | 'input'> &
  Partial<Pick<BusEventDetail<'workflow_requested'>, 'version' | 'priority' | 'definition' | 'correlation_id'>>;

/** How long the intake is given to take a request or to turn it away, ms. */
const TAKEN_WITHIN_MS = 3_000;

/** A request for a run, and what has come of it so far. */
export interface Asked {
  readonly runId: string;
  /** None: the intake has not said anything yet. */
  readonly record?: RunRecord;
}

/**
 * Asks for a run on the bus, unless it was asked for before under this request id, and waits a moment for the intake.
 * @param works what is asked for; the others are what an earlier request under the same id may have asked for instead
 * @throws ApiError 409 when the id was used for something else, or with what the intake says against it
 */
export async function askForRun(
  { tenant, requestId, principal }: Caller,
  [work, ...others]: readonly [Work, ...Work[]],
  ports: ApiPorts,
): Promise<Asked> {
  const runId = runIdOf(tenant, requestId);
  const digests = [work, ...others].map((one) => workDigest(checked(one, tenant)));
  const same = (record: RunRecord): Asked => {
    if (digests.includes(record.requestDigest)) return { runId, record };
    throw reused(requestId, runId);
  };
  const earlier = await ports.runs.get(runId);
  if (earlier) return same(earlier);
  const before = await ports.rejections.of(runId);
  const detail = checked({ correlation_id: requestId, ...work }, tenant, {
    request_id: requestId,
    requested_by: principal.sub,
  });
  await ports.bus.publish(API_SOURCE, [{ name: 'workflow_requested', detail }]);
  const record = await until(ports.clock, ports.clock.now() + TAKEN_WITHIN_MS, async () => {
    const taken = await ports.runs.get(runId);
    if (!taken) refuse(await ports.rejections.of(runId), before);
    return taken;
  });
  return record ? same(record) : { runId };
}

/** @throws ApiError with what the intake has said since */
export function refuse(now: Rejection | undefined, before: Rejection | undefined): void {
  if (!now || now.id === before?.id) return;
  const { code, reason, field } = now;
  throw asApiError(new DataError(code, reason, field === '' ? undefined : { field }));
}

function checked(work: Work, tenant: string, more: object = {}): BusEventDetail<'workflow_requested'> {
  const parsed = BUS_EVENTS.workflow_requested.safeParse({ ...work, tenant, ...more });
  if (!parsed.success) throw new ApiError('invalid_request', issuesOf(parsed.error));
  const bytes = Buffer.byteLength(JSON.stringify(parsed.data));
  if (bytes > LIMITS.requestDetail)
    throw new ApiError('too_large', `the request has ${bytes} bytes, at most ${LIMITS.requestDetail} are taken`);
  return parsed.data;
}

export const reused = (requestId: string, runId: string): ApiError =>
  new ApiError('request_id_reused', `request id "${requestId}" was used for another request; take a new id`, {
    extras: { workflow_id: runId },
  });
