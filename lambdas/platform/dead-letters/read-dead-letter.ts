import * as z from 'zod';
import type { Envelope, Header } from '../../contracts/envelope.ts';
import { MusterError } from '../../contracts/errors.ts';
import { FlowId } from '../../contracts/flow-control.ts';
import { TaskAssignment, WakeFlow } from '../../contracts/messages.ts';
import { AgentName, DEFAULT_TENANT, RunId, TenantId } from '../../contracts/names.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import { type DecodePorts, decodeHeader, decodeMessage } from '../../runtime/message-codec.ts';
import { unpackBody } from '../../runtime/message-pack.ts';
import type { Clock, Logger } from '../../runtime/ports.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import { noteRefusal } from '../../runtime/signing/note-refusal.ts';
import { isRefusal } from '../../runtime/signing/refusal.ts';

export interface ReadPorts extends DecodePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly securityLog: SecurityLog;
}

/** What could be made out of a message that its queue gave up on. */
export interface DeadLetter {
  readonly queue: string;
  readonly tenant: string;
  readonly messageId: string;
  readonly messageType: string;
  readonly correlationId: string;
  readonly reason: string;
  readonly runId?: string;
  /** The flow for which it was: by its group, or because it was to wake one. */
  readonly flowId?: string;
  readonly taskId?: string;
  /** The attempts at tasks that died with the message. */
  readonly attempts: readonly LostAttempt[];
}

export interface LostAttempt {
  readonly taskId: string;
  readonly number: number;
  readonly agent: string;
}

const GAVE_UP = 'its consumer failed or crashed on every delivery; its log names the message';

/**
 * Makes out as much as there is; nothing is too malformed.
 * @throws only what the blob store throws when it can't be reached: the body may be fine
 */
export async function readDeadLetter(record: QueueRecord, ports: ReadPorts): Promise<DeadLetter> {
  const letters = await Promise.all(unpackBody(record.body).map((body) => readOne({ ...record, body }, ports)));
  const [first, ...others] = letters;
  if (!first) throw new Error('an unpacked message has at least one body');
  if (others.length === 0) return first;
  const { taskId: _, ...shared } = first;
  return { ...shared, attempts: letters.flatMap((letter) => letter.attempts) };
}

async function readOne(record: QueueRecord, ports: ReadPorts): Promise<DeadLetter> {
  const flowId = FlowId.safeParse(record.groupId).data;
  const where = {
    queue: record.queueArn?.split(':').at(-1) || 'unknown',
    ...(flowId !== undefined && { flowId }),
  };
  const group = RunId.safeParse(record.groupId).data;
  const body = innerMessage(record.body);
  const opened = await open(body, ports);
  if ('envelope' in opened) return { ...where, ...ofEnvelope(opened.envelope, group) };
  const header = headerOf(body);
  const event = header ? undefined : busEventOf(body);
  const common = {
    ...where,
    attempts: [],
    reason: event ? GAVE_UP : opened.reason,
    ...(group !== undefined && { runId: group }),
  };
  if (header) return { ...common, ...ofHeader(header) };
  return {
    ...common,
    tenant: DEFAULT_TENANT,
    messageId: record.id,
    messageType: 'unknown',
    correlationId: record.id,
    ...event,
  };
}

async function open(
  body: string,
  ports: ReadPorts,
): Promise<{ readonly envelope: Envelope } | { readonly reason: string }> {
  try {
    return { envelope: await decodeMessage(body, ports) };
  } catch (error) {
    // Kept for people to look at, but nobody acts on what it says.
    if (isRefusal(error) && busEventOf(body) === undefined) noteRefusal(error, { target: 'dead-letters' }, ports);
    const lost = error instanceof MusterError && error.class === 'system' && error.code !== 'blob_missing';
    if (lost) throw error;
    return { reason: error instanceof Error ? error.message.slice(0, 900) : 'it can not be read' };
  }
}

function ofEnvelope({ header, payload }: Envelope, group: string | undefined): Omit<DeadLetter, 'queue'> {
  const assignment = header.message_type === 'task_assignment' ? TaskAssignment.safeParse(payload).data : undefined;
  const taskId = assignment?.task.task_id;
  const agent = AgentName.safeParse(header.receiver).data;
  const woken = header.message_type === 'wake_flow' ? WakeFlow.safeParse(payload).data?.flow_id : undefined;
  const runId = assignment?.run_id ?? z.object({ run_id: RunId }).safeParse(payload).data?.run_id ?? group;
  return {
    ...ofHeader(header),
    reason: GAVE_UP,
    ...(runId !== undefined && { runId }),
    ...(woken !== undefined && { flowId: woken }),
    ...(taskId !== undefined && { taskId }),
    attempts:
      taskId !== undefined && header.attempt !== undefined && agent !== undefined && header.sender === 'coordinator'
        ? [{ taskId, number: header.attempt, agent }]
        : [],
  };
}

function ofHeader(header: Header) {
  const { tenant, message_id, message_type, correlation_id } = header;
  return { tenant, messageId: message_id, messageType: message_type, correlationId: correlation_id };
}

function headerOf(body: string): Header | undefined {
  try {
    return decodeHeader(body);
  } catch {
    return undefined;
  }
}

const BusEvent = z.object({
  id: z.string().min(1).max(128),
  'detail-type': z.string().min(1).max(128),
  detail: z.object({
    tenant: TenantId.catch(DEFAULT_TENANT),
    correlation_id: z.string().max(128).optional().catch(undefined),
  }),
});

function busEventOf(body: string) {
  const event = BusEvent.safeParse(parseJson(body)).data;
  if (!event) return undefined;
  const { id, detail } = event;
  const correlationId = detail.correlation_id ?? id;
  return { tenant: detail.tenant, messageId: id, messageType: event['detail-type'], correlationId };
}

/** The lifecycle wraps the start message to add its task token. */
function innerMessage(body: string): string {
  return z.object({ start_message: z.string() }).safeParse(parseJson(body)).data?.start_message ?? body;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
