import type * as z from 'zod';
import { DataError, issuesOf, MusterError } from '../../../contracts/errors.ts';
import { asJson } from '../../../contracts/json.ts';
import { LIMITS } from '../../../contracts/limits.ts';
import { type AskFlow, MESSAGE_SCHEMAS } from '../../../contracts/messages.ts';
import type { FlowInput } from '../../../flow/turn.ts';
import { decodeMessage } from '../../../runtime/message-codec.ts';
import type { Blobs } from '../../../runtime/ports.ts';
import type { QueueRecord } from '../../../runtime/queue-record.ts';
import { isRefusal } from '../../../runtime/signing/refusal.ts';
import { isForged, noteSender, type ReadBatch, readGenuine, senderOf } from '../genuine.ts';
import { checkIdentity, type WhoIsWho } from '../identity.ts';
import type { RunBatch } from '../inputs.ts';
import type { FlowPorts } from './flow-ports.ts';

/** Who may send what to a flow. */
const SENDERS = {
  ask_flow: ['coordinator'],
  wake_flow: ['timers', 'sweeper', 'coordinator', 'dead-letters'],
} as const;

/**
 * Opens a flow's messages. One that can't be understood becomes a `refused` input, and a forged one none, as for runs;
 * infrastructure errors are thrown.
 */
export async function readFlowInputs(
  { runId: flowId, records }: RunBatch,
  ports: FlowPorts,
  who: WhoIsWho,
): Promise<ReadBatch<FlowInput>> {
  return readGenuine(records, flowId, (record) => readInput(record, flowId, ports, who), who, ports);
}

async function readInput(record: QueueRecord, flowId: string, ports: FlowPorts, who: WhoIsWho): Promise<FlowInput> {
  const { blobs } = ports;
  try {
    const { header, payload } = await decodeMessage(record.body, ports, 'coordinator');
    const { sender, message_type: type } = header;
    checkIdentity(sender, record.senderId, who.roleOf);
    if (type !== 'ask_flow' && type !== 'wake_flow') {
      throw new DataError('unknown_message_type', `a flow does not take messages of type ${type}`);
    }
    if (!SENDERS[type].some((permitted) => permitted === sender)) {
      throw new DataError('sender_not_permitted', `${sender} may not send ${type} to a flow`, { sender });
    }
    if (type === 'wake_flow') {
      checkGroup(read(MESSAGE_SCHEMAS.wake_flow.safeParse(payload), type).flow_id, flowId);
      return { type };
    }
    const ask = read(MESSAGE_SCHEMAS.ask_flow.safeParse(payload), type);
    checkGroup(ask.gate.flow_id, flowId);
    return { type, payload: await withSmallInput(ask, blobs) };
  } catch (error) {
    if (isForged(error)) throw error;
    if (isRefusal(error)) noteSender(error, flowId, senderOf(record, who), ports);
    if (error instanceof MusterError && error.class === 'data') {
      return { type: 'refused', messageId: record.id, code: error.code, reason: error.message };
    }
    throw error;
  }
}

function read<T>(result: z.ZodSafeParseResult<T>, type: string): T {
  if (!result.success) throw new DataError('bad_message', `${type}: ${issuesOf(result.error)}`);
  return result.data;
}

function checkGroup(named: string, flowId: string): void {
  if (named !== flowId) throw new DataError('wrong_group', `a message for ${named} came in the group of ${flowId}`);
}

/** Inputs that wait for their batch are part of the flow's state: large ones lie in the blob bucket. */
async function withSmallInput(ask: AskFlow, blobs: Blobs): Promise<AskFlow> {
  const { input, claimant } = ask;
  if (!input || 'ref' in input || JSON.stringify(input.value).length <= LIMITS.inlineResult) return ask;
  return { ...ask, input: { ref: await blobs.put(claimant.tenant, asJson(input.value)) } };
}
