import { MusterError } from '../../lambdas/contracts/errors.ts';
import { TaskAssignment } from '../../lambdas/contracts/messages.ts';
import type { RegisteredAgent } from '../../lambdas/contracts/registry.ts';
import { decodeMessage } from '../../lambdas/runtime/message-codec.ts';
import { unpackBody } from '../../lambdas/runtime/message-pack.ts';
import type { ParkedMessage } from '../../lambdas/runtime/ports.ts';
import { NO_MESSAGE_SECURITY } from '../../lambdas/runtime/signing/message-security.ts';
import { newFold } from '../../lambdas/views/run-fold.ts';
import { isOver, type RunState } from '../../lambdas/workflow/state.ts';
import { readFurther } from './run-reader.ts';
import type { Session } from './session.ts';

export type RecoveryPorts = Pick<Session, 'journal' | 'blobs' | 'queues' | 'parkingLot'>;

/** What became of a message that an agent had missed. */
export interface Recovered {
  readonly what: string;
  readonly said: string;
  /** Nothing is left to do about it. */
  readonly settled: boolean;
}

type Fate = { readonly send: true } | { readonly said: string; readonly settled: boolean };

/**
 * Gives an agent a message that it had missed, if it is still wanted: the same message, with the same ids and the same
 * attempt, so that fencing and claims decide as they did the first time.
 * @param inbox where the message lay, when it is not known from the message itself
 */
export async function recoverMessage(
  message: ParkedMessage,
  agent: RegisteredAgent,
  inbox: string | undefined,
  now: number,
  ports: RecoveryPorts,
): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  const wanted: string[] = [];
  for (const body of unpackBody(message.body)) {
    const { what, fate } = await fateOf(message, body, agent, now, ports);
    if ('send' in fate) wanted.push(body);
    recovered.push({ what, ...('send' in fate ? { said: 'sent to its inbox again', settled: true } : fate) });
  }
  const url = inbox ?? agent.inbox.standard;
  await ports.queues.send(
    url,
    wanted.map((body) => ({ body, groupId: message.tenant })),
  );
  if (recovered.every(({ settled }) => settled)) await ports.parkingLot.remove(message);
  return recovered;
}

async function fateOf(
  message: ParkedMessage,
  body: string,
  agent: RegisteredAgent,
  now: number,
  ports: RecoveryPorts,
): Promise<{ what: string; fate: Fate }> {
  if (message.messageType !== 'task_assignment') return { what: message.messageType, fate: { send: true } };
  try {
    const { header, payload } = await decodeMessage(body, { ...ports, messageSecurity: NO_MESSAGE_SECURITY });
    const { run_id: runId, task } = TaskAssignment.parse(payload);
    const what = `${task.task_id} of ${runId.slice(0, 12)}`;
    const { state } = await readFurther(ports, newFold(runId));
    const attempt = header.attempt ?? 1;
    if (header.not_after !== undefined && header.not_after <= now)
      return { what, fate: fateOfTask(state, task.task_id, undefined, agent) };
    return { what, fate: fateOfTask(state, task.task_id, attempt, agent) };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return { what: message.parkedId, fate: { said: `it can not be read: ${error.message}`, settled: false } };
  }
}

/** @param attempt that the message is; undefined: its time is over */
function fateOfTask(state: RunState, id: string, attempt: number | undefined, agent: RegisteredAgent): Fate {
  const index = state.indexOf.get(id);
  const task = index === undefined ? undefined : state.tasks[index];
  if (!task) return { said: 'its run knows nothing of it', settled: true };
  if (isOver(task)) return { said: `not needed: the task is ${task.status}`, settled: task.status !== 'failed' };
  if (task.status === 'dispatched' && task.attempt === attempt && task.agent === agent.name) return { send: true };
  if (task.status === 'suspended' && task.on?.for === 'decision')
    return {
      said: `a person is asked about it: see "muster decisions --run ${state.runId.slice(0, 12)}"`,
      settled: false,
    };
  return { said: `not needed: attempt ${task.attempt} goes on without it`, settled: true };
}
