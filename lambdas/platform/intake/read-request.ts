import * as z from 'zod';
import { BUS_EVENTS, BUS_READERS, type BusEventDetail, type BusEventName } from '../../contracts/bus-events.ts';
import { DataError, issuesOf } from '../../contracts/errors.ts';
import { checkJsonText } from '../../contracts/hostile-json.ts';
import { hotSchema } from '../../contracts/hot-schema.ts';
import { LIMITS } from '../../contracts/limits.ts';
import { DEFAULT_TENANT, RunId } from '../../contracts/names.ts';

/** What a rejection says of the request it answers, as far as it could be read. */
export interface Requester {
  readonly requestId: string;
  readonly tenant: string;
  readonly workflow: string;
  readonly correlationId: string;
  /** A request that is refused by `request_refused` instead of `workflow_rejected`. */
  readonly control?: ControlRequest;
}

/** What a refusal says of the request it answers. */
export type ControlRequest = Pick<
  BusEventDetail<'request_refused'>,
  'request' | 'workflow_id' | 'about' | 'requested_by'
>;

interface Asked<K extends string, N extends BusEventName> {
  readonly kind: K;
  /** Of the bus event: a duplicate delivery has the same. */
  readonly id: string;
  readonly source: string;
  readonly detail: BusEventDetail<N>;
}

/** An event of the bus that intake takes, its detail checked against its schema. */
export type IntakeRequest =
  | Asked<'start', 'workflow_requested'>
  | Asked<'cancel', 'workflow_cancel_requested'>
  | Asked<'event', 'workflow_event'>
  | Asked<'decision', 'decision_made'>
  | Asked<'pause', 'workflow_pause_requested'>
  | Asked<'resume', 'workflow_resume_requested'>
  | Asked<'fork', 'workflow_fork_requested'>
  | HoldRequest;

export interface HoldRequest extends Asked<'hold', 'hold_requested'> {
  /** When it was said, ms. */
  readonly at: number | undefined;
  /** Where an earlier invocation stopped telling runs. */
  readonly goOn?: z.output<typeof GoOn>;
}
export type RequestOf<K extends IntakeRequest['kind']> = Extract<IntakeRequest, { kind: K }>;

export type ReadRequest =
  | { readonly requester: Requester; readonly request: IntakeRequest }
  | { readonly requester: Requester; readonly fault: DataError };

/** Deeper documents are nobody's honest input, and would meet the end of somebody's stack. */
const BOUNDS = { depth: 65, values: 200_000 };

const GoOn = z.object({ next: z.string().optional(), pass: z.number().int() });

const BusRecord = hotSchema(
  z.object({
    id: z.string().min(1).max(128),
    source: z.string().max(128),
    time: z.string().optional(),
    'detail-type': z.enum(BUS_READERS.intake),
    detail: z.record(z.string(), z.unknown()),
    // Beside the detail nobody but EventBridge and intake itself can write.
    go_on: GoOn.optional(),
  }),
);

/**
 * Reads an event of the bus as it lies in intake's queue. Never throws: a fault comes back beside whatever is known of
 * who asked, so that the rejection finds its way.
 */
export function readRequest(body: string, recordId: string): ReadRequest {
  let requester: Requester = { requestId: recordId, tenant: DEFAULT_TENANT, workflow: '', correlationId: recordId };
  try {
    const event = parseJson(body);
    requester = requesterOf(event, recordId);
    refuseHostile(body);
    const record = BusRecord.safeParse(event);
    if (!record.success)
      throw new DataError('malformed_request', issuesOf(record.error), { field: fieldOf(record.error) });
    const bytes = Buffer.byteLength(JSON.stringify(record.data.detail));
    if (bytes > LIMITS.requestDetail) {
      const advice = 'put the data into a bucket or database and pass where it lies';
      const reason = `the request has ${bytes} bytes, at most ${LIMITS.requestDetail} are taken; ${advice}`;
      throw new DataError('request_too_large', reason, { field: 'detail' });
    }
    return { requester, request: requestOf(record.data) };
  } catch (error) {
    return { requester, fault: error instanceof DataError ? error : unreadable(error) };
  }
}

type BusRecord = Extract<ReturnType<typeof BusRecord.safeParse>, { success: true }>['data'];

function requestOf(record: BusRecord): IntakeRequest {
  const { id, source, detail, 'detail-type': type, time = '', go_on: goOn } = record;
  switch (type) {
    case 'workflow_requested':
      return { kind: 'start', id, source, detail: parseDetail(BUS_EVENTS[type], detail) };
    case 'workflow_cancel_requested':
      return { kind: 'cancel', id, source, detail: parseDetail(BUS_EVENTS[type], detail) };
    case 'workflow_event':
      return { kind: 'event', id, source, detail: parseDetail(BUS_EVENTS[type], detail) };
    case 'decision_made':
      return { kind: 'decision', id, source, detail: parseDetail(BUS_EVENTS[type], detail) };
    case 'workflow_pause_requested':
      return { kind: 'pause', id, source, detail: parseDetail(BUS_EVENTS[type], detail) };
    case 'workflow_resume_requested':
      return { kind: 'resume', id, source, detail: parseDetail(BUS_EVENTS[type], detail) };
    case 'workflow_fork_requested':
      return { kind: 'fork', id, source, detail: parseDetail(BUS_EVENTS[type], detail) };
    case 'hold_requested': {
      const at = Date.parse(time) || undefined;
      return { kind: 'hold', id, source, at, detail: parseDetail(BUS_EVENTS[type], detail), ...(goOn && { goOn }) };
    }
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new DataError('malformed_request', 'the message is not JSON; publish an event on the bus', { field: '' });
  }
}

/** Names that are taken for a prototype, numbers that lose their digits, half characters: whoever sends them means no run. */
function refuseHostile(body: string): void {
  try {
    checkJsonText(body, BOUNDS);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const field = String(error.details?.field ?? '').replace(/^detail\./, '');
    throw new DataError('malformed_request', error.message, { field, fault: error.code });
  }
}

/** Whatever texts are there, cut to what an event may carry; nothing here is trusted. */
function requesterOf(event: unknown, recordId: string): Requester {
  const { id: own, detail, 'detail-type': type } = fieldsOf(event);
  const id = typeof own === 'string' ? own : recordId;
  const said = fieldsOf(detail);
  const text = (name: string, otherwise: string): string => {
    const value = Object.hasOwn(said, name) ? said[name] : undefined;
    return (typeof value === 'string' && value !== '' ? value : otherwise).slice(0, 128);
  };
  return {
    requestId: text('request_id', id),
    tenant: text('tenant', DEFAULT_TENANT),
    workflow: text('workflow', ''),
    correlationId: text('correlation_id', id),
    ...controlOf(typeof type === 'string' ? type : '', said, text),
  };
}

/** The requests that are refused, and how a refusal calls each. */
const REFUSED: Readonly<Record<string, ControlRequest['request']>> = {
  workflow_pause_requested: 'pause',
  workflow_resume_requested: 'resume',
  workflow_fork_requested: 'fork',
  hold_requested: 'hold',
};

function controlOf(
  type: string,
  detail: Readonly<Record<string, unknown>>,
  text: (name: string, otherwise: string) => string,
): { control?: ControlRequest } {
  const named = Object.hasOwn(REFUSED, type) ? REFUSED[type] : undefined;
  if (named === undefined) return {};
  const request = named === 'resume' && detail.edit !== undefined ? 'edit' : named;
  const run = RunId.safeParse(detail.workflow_id).data;
  const about = text('scope', '');
  return {
    control: {
      request,
      requested_by: text('requested_by', 'unknown'),
      ...(run !== undefined && { workflow_id: run }),
      ...(about !== '' && { about }),
    },
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function parseDetail<S extends z.ZodType>(schema: S, detail: unknown): z.output<S> {
  const parsed = schema.safeParse(detail);
  if (parsed.success) return parsed.data;
  throw new DataError('invalid_request', issuesOf(parsed.error).slice(0, 1_000), { field: fieldOf(parsed.error) });
}

function fieldOf(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') ?? '';
}

function unreadable(error: unknown): DataError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DataError('malformed_request', `the request can't be read: ${reason.slice(0, 500)}`, { field: '' });
}
