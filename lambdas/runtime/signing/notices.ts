import type { BusEventDetail } from '../../contracts/bus-events.ts';
import { agentSource } from '../../contracts/bus-sources.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import type { Bus, Logger } from '../ports.ts';

/** The most that one batch tells: whoever floods an agent must not flood the bus with it. */
const MOST = 20;

type Noticed = BusEventDetail<'security_noticed'>['kind'];
const NOTICED: ReadonlySet<string> = new Set<Noticed>([
  ...(['message_signature_refused', 'message_replayed'] as const),
  ...(['message_decryption_refused', 'sender_mismatch'] as const),
]);
const isNoticed = (kind: string): kind is Noticed => NOTICED.has(kind);

/** What an agent notices, said on the bus in its own name; the monitor takes it to the audit, which no agent reaches. */
export function noticesOnBus(agent: string, bus: Pick<Bus, 'publish'>, logger: Logger): SecurityLog {
  let waiting: Array<BusEventDetail<'security_noticed'>> = [];
  let more = 0;
  return {
    note(event) {
      const { kind, agent: _agent, sub: _sub, ...rest } = event;
      if (isNoticed(kind) && waiting.length < MOST) waiting.push({ ...rest, kind, noticed_by: agent });
      else more += 1;
    },
    async flush() {
      if (waiting.length === 0) return;
      const events = waiting.map((detail) => ({ name: 'security_noticed' as const, detail }));
      if (more > 0) logger.warn('more messages were refused than are told', { more });
      waiting = [];
      more = 0;
      try {
        await bus.publish(agentSource(agent), events);
      } catch (error) {
        logger.error('refused messages could not be told', { messages: events.length, error });
      }
    },
  };
}
