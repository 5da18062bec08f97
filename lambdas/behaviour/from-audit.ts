import type { AccessRecord, AuditRecord, DecisionRecord, MessageRecord, SecurityRecord } from '../contracts/audit.ts';
import type { Observation } from '../contracts/behaviour.ts';
import { agentSource } from '../contracts/bus-events.ts';
import { subjectOfAgent } from '../contracts/principal.ts';

/** Nobody but the rules: no behaviour of anybody. */
const RULES = 'coordinator';
const BUS_AGENT = agentSource('');
const TOKEN_AGENT = subjectOfAgent('');

/**
 * What a record of the audit says of somebody's behaviour. The journal knows each message from one of its two sides, so a
 * line is a message whichever side it is of.
 * @param id unique to the record, for those that have none of their own
 */
export function observationsOf(record: AuditRecord, id: string): Observation[] {
  switch (record.kind) {
    case 'message':
      return ofMessage(record, id);
    case 'access':
      return ofAccess(record, id);
    case 'decision':
      return ofDecision(record, id);
    case 'security':
      return ofSecurity(record, id);
    case 'root':
    case 'head':
      return [];
  }
}

const agentIn = (name: string): string =>
  name.startsWith(BUS_AGENT)
    ? name.slice(BUS_AGENT.length)
    : name.startsWith(TOKEN_AGENT)
      ? name.slice(TOKEN_AGENT.length)
      : name;
const cut = (name: string, most: number): string => name.slice(0, most) || 'unknown';

function about(record: AuditRecord, id: string) {
  const { at, tenant, correlation_id, run_id } = record;
  return {
    at,
    tenant: cut(tenant, 64),
    message_id: cut(id, 160),
    correlation_id: cut(correlation_id ?? run_id ?? id, 128),
  };
}

function ofMessage(record: MessageRecord, id: string): Observation[] {
  const sender = cut(agentIn(record.sender), 64);
  const receiver = cut(record.receiver === 'broadcast' ? record.channel : record.receiver, 64);
  const sent: Observation = {
    ...about(record, `${id}/${record.message_id}`),
    ...{ action: 'published', sender, receiver, type: cut(record.type, 128), outcome: 'ok' },
  };
  return record.action === 'refused' ? [sent, refused(sent)] : [sent];
}

const refused = (sent: Observation): Observation => ({
  ...sent,
  message_id: cut(`r/${sent.message_id}`, 160),
  action: 'consumed',
  outcome: 'refused',
});

function ofAccess(record: AccessRecord, id: string): Observation[] {
  if (record.principal === 'unknown') return [];
  const sent = by(record.sub, {
    ...about(record, id),
    receiver: cut(record.resource, 64),
    type: cut(record.operation, 128),
  });
  return record.outcome === 'denied' ? [sent, refused(sent)] : [sent];
}

function ofDecision(record: DecisionRecord, id: string): Observation[] {
  if (record.by === RULES) return [];
  return [by(record.by, { ...about(record, id), receiver: 'decisions', type: cut(record.decision, 128) })];
}

/** What was denied at the front door is told by its access record as well: it counts once. */
const COUNTED_ELSEWHERE: ReadonlySet<string> = new Set([
  'authorization_denied',
  'behaviour_unusual',
  'agent_quarantined',
]);

function ofSecurity(record: SecurityRecord, id: string): Observation[] {
  const { kind, agent, sub, target } = record.event;
  // An agent that notes what it was sent names itself, and no target.
  if (agent !== undefined && target === undefined) return [];
  const who = agent === undefined ? sub : subjectOfAgent(agent);
  if (who === undefined || COUNTED_ELSEWHERE.has(kind)) return [];
  return [refused(by(who, { ...about(record, id), receiver: 'platform', type: cut(kind, 128) }))];
}

/** In somebody's own name: agents are agents, all others are users. */
function by(
  sub: string,
  rest: Pick<Observation, 'at' | 'tenant' | 'message_id' | 'correlation_id' | 'receiver' | 'type'>,
): Observation {
  const common = { ...rest, action: 'published', outcome: 'ok' } as const;
  if (sub.startsWith(TOKEN_AGENT)) return { ...common, sender: cut(agentIn(sub), 64) };
  const name = cut(sub, 64);
  return { ...common, sender: name, user: name };
}
