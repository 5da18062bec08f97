import * as z from 'zod';
import { agentSource } from '../../contracts/bus-sources.ts';
import type { MusterError } from '../../contracts/errors.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import type { Clock, Logger } from '../ports.ts';
import type { Rogues } from '../rogues.ts';
import type { MessageSecurity } from './message-security.ts';
import { noteRefusal } from './note-refusal.ts';
import { isRefusal } from './refusal.ts';
import { checkEvent } from './signed-bus.ts';

export interface GenuineEventPorts {
  readonly messageSecurity: MessageSecurity;
  readonly securityLog: Pick<SecurityLog, 'note'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: nobody is taken out. */
  readonly rogues?: Rogues;
}

const AGENT = agentSource('');
const Said = z.object({ source: z.string() });

/** The agent whose voice an event has: IAM lets nobody else speak under its source. */
export function speakerOf(body: string): { readonly agent?: string } {
  const { source = '' } = Said.safeParse(parsed(body)).data ?? {};
  return source.startsWith(AGENT) ? { agent: source.slice(AGENT.length).slice(0, 64) } : {};
}

/** Takes out whoever has said what was refused, where the policy says so. */
export function accuseSpeaker(error: MusterError, body: string, { rogues }: Pick<GenuineEventPorts, 'rogues'>): void {
  const { agent } = speakerOf(body);
  if (agent !== undefined) rogues?.accuseOf(error, agent);
}

/**
 * Whether an event that lies in a queue may be acted on. One that the agent whose source it bears has not signed is told,
 * and dropped: that agent is taken out where the policy says so.
 * @param target who would have acted on it
 * @throws SystemError when it can't be checked now: it must come again
 */
export async function isGenuine(body: string, target: string, ports: GenuineEventPorts): Promise<boolean> {
  try {
    await checkEvent(body, ports.messageSecurity);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    noteRefusal(error, { target, ...speakerOf(body) }, ports);
    accuseSpeaker(error, body, ports);
    return false;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
