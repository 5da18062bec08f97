import type * as z from 'zod';
import type { Envelope } from '../../contracts/envelope.ts';
import { DataError, issuesOf, MusterError } from '../../contracts/errors.ts';
import { hotSchema } from '../../contracts/hot-schema.ts';
import { asJson, type Json, type JsonObject } from '../../contracts/json.ts';
import { MESSAGE_SCHEMAS, type MessageType, type StatusUpdate } from '../../contracts/messages.ts';
import { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import { type DecodePorts, decodeMessage } from '../../runtime/message-codec.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import { isRefusal } from '../../runtime/signing/refusal.ts';
import type { TurnInput } from '../../workflow/turn.ts';
import { cleanUpdates } from './clean-updates.ts';
import { type GenuinePorts, isForged, noteSender, type ReadBatch, readGenuine, senderOf } from './genuine.ts';
import { checkIdentity, type WhoIsWho } from './identity.ts';
import { type ForkSource, readFork } from './read-fork.ts';
import { readGrant } from './read-grant.ts';
import { repairReport } from './read-report.ts';
import { readResume } from './read-resume.ts';
import { smallDecision, smallOutcome, smallPayload, smallUpdates } from './small-results.ts';

/** Who may send what; reports are held against their task's agent by the engine. */
const SENDERS: Partial<Record<MessageType, readonly string[]>> = {
  start_run: ['intake', 'sweeper', 'coordinator'],
  cancel_run: ['intake', 'coordinator'],
  wake_run: ['timers', 'sweeper', 'coordinator', 'dead-letters', 'intake'],
  task_parked: ['dead-letters'],
  deliver_event: ['intake'],
  decide_task: ['intake'],
  child_ended: ['coordinator'],
  grant_flow: ['coordinator'],
  check_flow: ['coordinator'],
  batch_ended: ['coordinator'],
  pause_run: ['intake'],
  resume_run: ['intake'],
  fork_run: ['intake', 'sweeper'],
};

const HOT = {
  status_update: hotSchema(MESSAGE_SCHEMAS.status_update),
  start_run: hotSchema(MESSAGE_SCHEMAS.start_run),
  cancel_run: hotSchema(MESSAGE_SCHEMAS.cancel_run),
  wake_run: hotSchema(MESSAGE_SCHEMAS.wake_run),
  task_parked: hotSchema(MESSAGE_SCHEMAS.task_parked),
  deliver_event: hotSchema(MESSAGE_SCHEMAS.deliver_event),
  decide_task: hotSchema(MESSAGE_SCHEMAS.decide_task),
  child_ended: hotSchema(MESSAGE_SCHEMAS.child_ended),
  grant_flow: hotSchema(MESSAGE_SCHEMAS.grant_flow),
  check_flow: hotSchema(MESSAGE_SCHEMAS.check_flow),
  batch_ended: hotSchema(MESSAGE_SCHEMAS.batch_ended),
  pause_run: hotSchema(MESSAGE_SCHEMAS.pause_run),
  resume_run: hotSchema(MESSAGE_SCHEMAS.resume_run),
  fork_run: hotSchema(MESSAGE_SCHEMAS.fork_run),
};

/** What opening messages takes. */
export type InputPorts = ForkSource & DecodePorts & GenuinePorts;

/** The records of one run, in order. */
export interface RunBatch {
  readonly runId: string;
  readonly records: QueueRecord[];
}

/** A FIFO batch may mix groups: sorts it by run. */
export function byRun(records: readonly QueueRecord[]): RunBatch[] {
  const groups = Map.groupBy(records, (record) => record.groupId ?? 'unknown');
  return [...groups].map(([runId, group]) => ({ runId, records: group }));
}

/**
 * Opens a run's messages. One that can't be understood becomes a `refused` input: it is journaled and acknowledged,
 * never retried. One that nobody has signed who may is dropped and told. Infrastructure errors are thrown.
 */
export async function readInputs(
  { runId, records }: RunBatch,
  ports: InputPorts,
  who: WhoIsWho,
): Promise<ReadBatch<TurnInput>> {
  return readGenuine(records, runId, (record) => readInput(record, runId, ports, who), who, ports);
}

/**
 * An earlier delivery was not acknowledged, or somebody says that effects may be owed: carry them out again. So does one
 * who starts a run again: the sweeper, when nothing was heard of its beginning.
 */
export function mayOwe(records: readonly QueueRecord[], inputs: readonly TurnInput[]): boolean {
  const says = ({ type }: TurnInput): boolean => type === 'wake_run' || type === 'start_run';
  return records.some((record) => record.receiveCount > 1) || inputs.some(says);
}

async function readInput(record: QueueRecord, runId: string, ports: InputPorts, who: WhoIsWho): Promise<TurnInput> {
  try {
    const { envelope, token } = await open(record.body, ports);
    checkIdentity(token === undefined ? envelope.header.sender : 'lifecycle', record.senderId, who.roleOf);
    const { message_id, sender, message_type, priority } = envelope.header;
    return { ...(await inputOf(envelope, token, runId, ports)), heard: [message_id, sender, message_type, priority] };
  } catch (error) {
    if (isForged(error)) throw error;
    if (isRefusal(error)) noteSender(error, runId, senderOf(record, who), ports);
    if (error instanceof MusterError && error.class === 'data') {
      return { type: 'refused', messageId: record.id, code: error.code, reason: error.message };
    }
    throw error;
  }
}

/** A message as agents and platform send it, or the lifecycle's pair of start message and task token. */
async function open(body: string, ports: DecodePorts): Promise<{ envelope: Envelope; token?: string }> {
  const token = /^\s*\{\s*"(start_message|task_token)"/.test(body) ? lifecycleStart(body) : undefined;
  if (!token) return { envelope: await decodeMessage(body, ports, 'coordinator') };
  return { envelope: await decodeMessage(token.start_message, ports, 'coordinator'), token: token.task_token };
}

function lifecycleStart(body: string): { start_message: string; task_token: string } {
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed === 'object' && parsed !== null && 'start_message' in parsed && 'task_token' in parsed) {
    const { start_message, task_token } = parsed;
    if (typeof start_message === 'string' && typeof task_token === 'string') return { start_message, task_token };
  }
  throw new DataError('bad_start', 'a lifecycle message needs start_message and task_token, both strings');
}

async function inputOf(
  envelope: Envelope,
  token: string | undefined,
  runId: string,
  ports: ForkSource,
): Promise<TurnInput> {
  const { header } = envelope;
  const { blobs } = ports;
  const type = header.message_type;
  const allowed = SENDERS[type as MessageType];
  if (allowed && !allowed.includes(header.sender)) {
    const { sender } = header;
    throw new DataError('sender_not_permitted', `${sender} may not send ${type} to the coordinator`, { sender });
  }
  switch (type) {
    case 'start_run': {
      const payload = parse('start_run', envelope, runId);
      const { definition: document, input: given } = payload;
      // What came along was checked with the message.
      const definition = 'ref' in document ? WorkflowDefinition.parse(await blobs.get(document.ref)) : document.value;
      const input = 'ref' in given ? ((await blobs.get(given.ref)) as JsonObject) : given.value;
      return { type, payload: { ...payload, definition, input, ...(token !== undefined && { task_token: token }) } };
    }
    case 'status_update':
      return {
        ...{ type, messageId: header.message_id, sender: header.sender },
        payload: cleanUpdates(await smallUpdates(reportOf(envelope, runId), header.tenant, blobs)),
      };
    case 'cancel_run':
      return { type, payload: parse(type, envelope, runId) };
    case 'task_parked':
      return { type, payload: parse(type, envelope, runId) };
    case 'child_ended':
      return { type, payload: await smallOutcome(parse(type, envelope, runId), header.tenant, blobs) };
    case 'deliver_event':
      return {
        ...{ type, messageId: header.message_id },
        payload: await smallPayload(parse(type, envelope, runId), header.tenant, blobs),
      };
    case 'decide_task':
      return {
        ...{ type, messageId: header.message_id },
        payload: await smallDecision(parse(type, envelope, runId), header.tenant, blobs),
      };
    case 'fork_run':
      return { type, messageId: header.message_id, payload: await readFork(parse(type, envelope, runId), ports) };
    case 'pause_run':
      return { type, messageId: header.message_id, payload: parse(type, envelope, runId) };
    case 'resume_run':
      return { type, messageId: header.message_id, payload: await readResume(parse(type, envelope, runId), blobs) };
    case 'grant_flow':
      return { type, payload: await readGrant(parse(type, envelope, runId), blobs) };
    case 'check_flow':
      return { type, payload: parse(type, envelope, runId) };
    case 'batch_ended':
      return { type, payload: parse(type, envelope, runId) };
    case 'wake_run': {
      const { due } = parse(type, envelope, runId);
      return { type, ...(due !== undefined && { due }) };
    }
    default:
      throw new DataError('unknown_message_type', `the coordinator does not take messages of type ${type}`);
  }
}

/** What is wrong with one update is no reason to refuse the others. */
function reportOf(envelope: Envelope, runId: string): StatusUpdate {
  try {
    return parse('status_update', envelope, runId);
  } catch (error) {
    const report = repairReport(envelope.payload);
    if (!report) throw error;
    return parse('status_update', { ...envelope, payload: asJson(report) }, runId);
  }
}

/** Messages to runs; those to flows have readers of their own. */
type RunMessage = Exclude<MessageType, 'task_assignment' | 'ask_flow' | 'wake_flow'>;

function parse<T extends RunMessage>(type: T, envelope: Envelope<Json>, runId: string) {
  const result = HOT[type].safeParse(envelope.payload);
  if (!result.success)
    throw new DataError('bad_message', `${type} from ${envelope.header.sender}: ${issuesOf(result.error)}`);
  if (result.data.run_id !== runId)
    throw new DataError('wrong_group', `a message for ${result.data.run_id} came in the group of ${runId}`);
  return result.data as z.infer<(typeof MESSAGE_SCHEMAS)[T]>;
}
