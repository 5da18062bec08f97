import { type Offence, QUARANTINE_POLICY, type QuarantinePolicy } from '../contracts/behaviour.ts';
import { PLATFORM_SOURCE } from '../contracts/bus-sources.ts';
import type { MusterError } from '../contracts/errors.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { SecurityEvent, SecurityLog } from '../contracts/security-events.ts';
import type { Bus, Clock, Logger } from './ports.ts';

export interface RoguePorts {
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly policy: QuarantinePolicy;
}

/** Takes rogue agents out. */
export interface Rogues {
  /** The agents as they must be seen from now on: what this container knows, the registry may not say yet. */
  marked(agents: readonly RegisteredAgent[]): readonly RegisteredAgent[];
  /** @param agent as IAM or a signature names it, never as a message does: nobody is taken out for what others say */
  accuse(agent: string, offence: Offence, reason: string): void;
  /** The same for what was refused of it, if that is an offence. */
  accuseOf(error: Pick<MusterError, 'code' | 'message'>, agent: string): void;
}

/** By code. What may happen to an honest agent, such as a key whose time was over, is no offence. */
const OFFENCES: Readonly<Record<string, Offence>> = {
  identity_mismatch: 'impersonation',
  sender_not_permitted: 'impersonation',
  speaker_not_permitted: 'impersonation',
  sender_mismatch: 'impersonation',
  signature_missing: 'forgery',
  signature_malformed: 'forgery',
  signature_invalid: 'forgery',
  signature_key_unknown: 'forgery',
  message_misdirected: 'replay',
};

/** What a report says when its agent reached for what it may not use. */
const FORBIDDEN: ReadonlySet<string> = new Set(['tool_not_allowed', 'tool_not_permitted']);
export const isForbiddenTool = (code: string): boolean => FORBIDDEN.has(code);

/**
 * A security log that takes rogue agents out: by policy, one that was accused is out of the pool at the next flush, which is
 * before the turn that follows. Each is asked for once, unless a person has put it back since.
 */
export function watchForRogues(log: SecurityLog, ports: RoguePorts): SecurityLog & Rogues {
  const { bus, clock, logger, policy } = ports;
  const accused = new Map<string, { at: number; reason: string; told: boolean }>();

  function accuse(agent: string, offence: Offence, reason: string): void {
    const at = clock.now();
    const event: SecurityEvent = { kind: 'behaviour_unusual', at, agent, code: offence, reason: reason.slice(0, 500) };
    if (policy[offence] !== 'quarantine') {
      if (offence === 'forbidden_tool') log.note(event);
      return;
    }
    if (accused.has(agent)) return;
    accused.set(agent, { at, reason: `${offence}: ${reason}`.slice(0, 500), told: false });
    log.note({ ...event, kind: 'agent_quarantined' });
  }

  async function ask(agent: string, accusation: { reason: string; told: boolean }): Promise<void> {
    const { reason } = accusation;
    try {
      const detail = { agent, state: 'quarantined', reason, requested_by: QUARANTINE_POLICY } as const;
      await bus.publish(PLATFORM_SOURCE, [{ name: 'agent_state_requested', detail }]);
      accusation.told = true;
      logger.warn('rogue agent quarantined by policy', { agent, reason });
    } catch (error) {
      // This container goes on to leave it out, and asks again at the next flush.
      logger.error('the quarantine of a rogue agent could not be asked for', { agent, reason, error });
    }
  }

  return {
    accuse,
    accuseOf({ code, message }, agent) {
      const offence = OFFENCES[code];
      if (offence) accuse(agent, offence, message);
    },
    // What others have noted is no proof: the agent that it names may be the victim.
    note: (event) => log.note(event),
    async flush() {
      for (const [agent, accusation] of accused) if (!accusation.told) await ask(agent, accusation);
      await log.flush();
    },
    marked(agents) {
      if (accused.size === 0) return agents;
      return agents.map((agent) => {
        const accusation = accused.get(agent.name);
        if (!accusation) return agent;
        const since = agent.load?.health?.since ?? 0;
        if (accusation.told && since > accusation.at) {
          // A person has looked at it since.
          accused.delete(agent.name);
          return agent;
        }
        return quarantined(agent, accusation);
      });
    },
  };
}

function quarantined(agent: RegisteredAgent, { at, reason }: { at: number; reason: string }): RegisteredAgent {
  const { load } = agent;
  return {
    ...agent,
    load: {
      queue_depth: 0,
      measured_at: 0,
      ...load,
      health: {
        ...{ agent_id: agent.name, state: 'quarantined', is_healthy: false, issues: load?.health?.issues ?? [] },
        ...{ since: at, set_by: QUARANTINE_POLICY, reason },
      },
    },
  };
}

/** What an agent says while it is in quarantine counts for nothing. */
export const isQuarantined = ({ load }: RegisteredAgent): boolean => load?.health?.state === 'quarantined';
