import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { ParkedMessage } from '../../lambdas/runtime/ports.ts';
import { CliError } from '../cli-error.ts';
import { deadLettersOf } from './dead-letters-of.ts';
import type { Session } from './session.ts';
import { outputOf } from './target.ts';

const BusEvent = z.looseObject({ source: z.string() });

/**
 * Gives messages that belong to no run to the queue that gave them up, as they were: with their own ids, by which whoever
 * has seen them before knows them.
 * @throws CliError when nobody knows any more where they came from
 */
export async function resend(session: Session, messages: readonly ParkedMessage[]): Promise<string> {
  for (const message of messages) {
    const queue = await sourceOf(session, message.queue);
    const event = BusEvent.safeParse(parsed(message.body)).data;
    const fifo = queue.endsWith('.fifo') && { deduplicationId: randomUUID() };
    await session.queues.send(queue, [{ body: message.body, groupId: event?.source ?? message.tenant, ...fifo }]);
  }
  return 'sent to its queue once more';
}

/** The queue whose dead letters these are; of an agent's two lanes the standard one, where events go. */
async function sourceOf(session: Session, deadLetters: string): Promise<string> {
  const { registry, target } = session;
  const inboxes = (await registry.agents()).map(({ inbox }) => inbox.standard);
  const own = ['IntakeQueueUrl', 'MonitorQueueUrl', 'AuditQueueUrl'].map((name) => outputOf(target, name));
  for (const url of [...own, ...inboxes]) {
    if ((await deadLettersOf(session, url)) === deadLetters) return url;
  }
  if ((await deadLettersOf(session, outputOf(target, 'CoordinatorQueueUrl'))) === deadLetters) {
    const next = 'what it says, and who sent it: "muster parked --cause CAUSE --json"';
    throw new CliError('only the platform may speak to the coordinator, and the message names no run or flow', next);
  }
  const next = 'its events never reached a queue, or the queue is gone: publish them again';
  throw new CliError(`nothing is behind the queue ${deadLetters}`, next);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
