import type { MusterError } from '../../contracts/errors.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import type { Clock, Logger } from '../../runtime/ports.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import type { Rogues } from '../../runtime/rogues.ts';
import { noteRefusal } from '../../runtime/signing/note-refusal.ts';
import { isRefusal, type RefusalCode } from '../../runtime/signing/refusal.ts';
import type { WhoIsWho } from './identity.ts';

export interface GenuinePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly securityLog: SecurityLog;
  /** Default: nobody is taken out. */
  readonly rogues?: Rogues;
}

/** The records of a batch that are what they claim to be, each with what it says. */
export interface ReadBatch<I> {
  readonly records: readonly QueueRecord[];
  readonly inputs: readonly I[];
}

/**
 * Nobody knows who has sent it, so it stands in no journal: whoever can reach the queue could fill them all. A message that
 * its sender has signed, but may not send, does.
 */
export function isForged(error: unknown): boolean {
  return isRefusal(error) && error.code !== 'identity_mismatch' && error.code !== 'sender_not_permitted';
}

/** The agent that has sent it, whatever it says: SQS knows. */
export function senderOf({ senderId }: QueueRecord, { agentBehind }: WhoIsWho): { readonly agent?: string } {
  const agent = agentBehind(senderId);
  return agent === undefined ? {} : { agent };
}

/** Where SQS names no role: who has signed what it may not send. Of all else nobody knows who it was. */
function signerOf({ code, details }: MusterError & { readonly code: RefusalCode }): string | undefined {
  const signer = details?.sender;
  return code === 'sender_not_permitted' && typeof signer === 'string' ? signer : undefined;
}

/** Tells of a message that was refused, and takes its sender out where the policy says so. */
export function noteSender(
  error: MusterError & { readonly code: RefusalCode },
  about: string,
  sender: { readonly agent?: string },
  ports: GenuinePorts,
): void {
  noteRefusal(error, { target: about.slice(0, 256), ...sender }, ports);
  const agent = sender.agent ?? signerOf(error);
  if (agent !== undefined) ports.rogues?.accuseOf(error, agent);
}

/**
 * Reads what is genuine; the rest is dropped and told, once.
 * @param about the run or the flow
 * @throws what `read` throws of anything else
 */
export async function readGenuine<I>(
  records: readonly QueueRecord[],
  about: string,
  read: (record: QueueRecord) => Promise<I>,
  who: WhoIsWho,
  ports: GenuinePorts,
): Promise<ReadBatch<I>> {
  const genuine: QueueRecord[] = [];
  const inputs: I[] = [];
  for (const record of records) {
    try {
      inputs.push(await read(record));
      genuine.push(record);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      noteSender(error, about, senderOf(record, who), ports);
    }
  }
  await ports.securityLog.flush();
  return { records: genuine, inputs };
}
