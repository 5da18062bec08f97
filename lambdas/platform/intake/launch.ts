import type { Header } from '../../contracts/envelope.ts';
import { SystemError } from '../../contracts/errors.ts';
import { asJson } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import { type MessageType, StartRun } from '../../contracts/messages.ts';
import { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import type { Blobs, Clock, Ids, Lifecycle, Queues, RunRecord } from '../../runtime/ports.ts';
import type { MessageSecurity } from '../../runtime/signing/message-security.ts';

export interface LaunchPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly blobs: Blobs;
  readonly messageSecurity: Pick<MessageSecurity, 'sign' | 'encrypt'>;
  readonly queues: Queues;
  readonly lifecycle: Lifecycle;
  readonly coordinatorQueue: string;
}

/** A run that the coordinator has not begun after this is started again by the sweeper. */
export const START_GRACE_MS = 60_000;
/** Messages of the platform stay true as long as SQS keeps them. */
const TTL_SECONDS = 1_209_600;

/** A document as it travels and is stored: by reference when it is large. */
export async function documentOf<T extends object>(value: T, tenant: string, blobs: Blobs) {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) <= LIMITS.inlineDocument) return { value };
  return { ref: await blobs.put(tenant, asJson(value)) };
}

/**
 * The `start_run` payload that intake stored before it created the run.
 * @throws SystemError `start_unreadable`: the run exists, so its request must not be rejected for it
 */
export async function storedStart(run: RunRecord, blobs: Blobs): Promise<StartRun> {
  const unreadable = (why: string, cause?: unknown): SystemError =>
    new SystemError('start_unreadable', `run ${run.runId} can't be started: ${why}`, {}, { cause });
  if (!run.start) throw unreadable('its row names no stored start');
  try {
    return StartRun.parse(await blobs.get(run.start));
  } catch (error) {
    throw unreadable('its stored start is missing or corrupt', error);
  }
}

/**
 * Hands a run to its lifecycle, or straight to the coordinator when it has none. Doing it again is harmless: the
 * lifecycle is named by the run, and the coordinator takes a repeated start for what it is.
 */
export async function launch(start: StartRun, ports: LaunchPorts): Promise<void> {
  const { blobs, queues, lifecycle, ids } = ports;
  const definition = await openDefinition(start, blobs);
  const header = coordinatorHeader('start_run', start.request, ports);
  const body = await encodeMessage({ header, payload: asJson(start) }, ports);
  // An execution would count its timeout while the run still waits to get in.
  const mode = definition.admission ? 'queue' : lifecycleOf(definition);
  if (mode === 'queue') {
    await queues.send(ports.coordinatorQueue, [{ body, groupId: start.run_id, deduplicationId: ids.uuid() }]);
    return;
  }
  // The state machine adds its own grace: only the coordinator decides at the deadline (rule 4).
  const timeout_seconds = Math.ceil(definition.timeoutSeconds);
  await lifecycle.start(start.run_id, { start_message: body, timeout_seconds });
}

function lifecycleOf({ lifecycle, tasks }: WorkflowDefinition): 'queue' | 'step_functions' {
  return lifecycle ?? (tasks.length === 1 ? 'queue' : 'step_functions');
}

/** The header of a message from intake to the coordinator. */
export function coordinatorHeader(
  type: Extract<MessageType, `${string}_run` | 'deliver_event' | 'decide_task'>,
  request: Pick<StartRun['request'], 'tenant' | 'correlation_id' | 'priority'>,
  { clock, ids }: Pick<LaunchPorts, 'clock' | 'ids'>,
): Header {
  return {
    message_id: ids.uuid(),
    correlation_id: request.correlation_id,
    timestamp: new Date(clock.now()).toISOString(),
    sender: 'intake',
    receiver: 'coordinator',
    message_type: type,
    priority: request.priority,
    ttl: TTL_SECONDS,
    tenant: request.tenant,
    schema_version: 1,
  };
}

async function openDefinition({ definition }: StartRun, blobs: Blobs): Promise<WorkflowDefinition> {
  return 'value' in definition ? definition.value : WorkflowDefinition.parse(await blobs.get(definition.ref));
}
