import { type Action, mayDo, type Resource } from '../../contracts/access.ts';
import { subjectOfAgent } from '../../contracts/agent-tokens.ts';
import { agentSource } from '../../contracts/bus-events.ts';
import { DataError } from '../../contracts/errors.ts';
import type { Principal } from '../../contracts/principal.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import type { Clock, Registry, Runs } from '../../runtime/ports.ts';
import type { IntakeRequest, Requester } from './read-request.ts';
import { addresseeOf } from './tell-run.ts';

export interface RightsPorts {
  readonly clock: Clock;
  readonly registry: Pick<Registry, 'agents'>;
  readonly runs: Pick<Runs, 'get'>;
  readonly securityLog: SecurityLog;
}

const ASKS: Readonly<Record<IntakeRequest['kind'], readonly [Resource, Action]>> = {
  start: ['workflow', 'create'],
  fork: ['workflow', 'create'],
  cancel: ['workflow', 'control'],
  pause: ['workflow', 'control'],
  resume: ['workflow', 'repair'],
  event: ['workflow', 'signal'],
  decision: ['decision', 'decide'],
  hold: ['tenant', 'control'],
};

/**
 * What may be asked over the bus by an agent, which IAM lets speak under its own source only: an orchestrator may start runs,
 * in its own name whatever the request says, and send events to those that it has started. People and services that may publish under other sources were let in by IAM, or by
 * the API. Answers the request as it counts.
 * @throws DataError `not_permitted`
 */
export async function withinRights(
  request: IntakeRequest,
  requester: Requester,
  ports: RightsPorts,
): Promise<IntakeRequest> {
  const prefix = agentSource('');
  if (!request.source.startsWith(prefix)) return request;
  const agent = request.source.slice(prefix.length);
  const known = (await ports.registry.agents()).find(({ name }) => name === agent);
  const [resource, action] = ASKS[request.kind];
  const { tenant } = requester;
  const sub = subjectOfAgent(agent);
  const orchestrates = known?.roles?.includes('orchestrator') && known.load?.health?.state !== 'quarantined';
  const principal: Principal = {
    kind: 'agent',
    ...{ agent, sub, tenant },
    roles: orchestrates ? ['agent', 'orchestrator'] : ['agent'],
    tokenId: request.id,
    ...{ issuedAt: 0, expiresAt: 0 },
  };
  // Only an event names a run that may be its own; what else it says to runs is for people.
  const run = request.kind === 'event' ? await ports.runs.get(addresseeOf(request).runId) : undefined;
  const permission = mayDo(principal, resource, action, { tenant: run?.tenant ?? tenant, createdBy: run?.requestedBy });
  if (permission.ok) return request.kind === 'start' || request.kind === 'fork' ? inItsName(request, sub) : request;
  const at = ports.clock.now();
  const { code, reason } = permission;
  ports.securityLog.note({ kind: 'authorization_denied', at, code, reason, sub, agent, tenant, resource, action });
  throw new DataError('not_permitted', reason, { field: 'source' });
}

function inItsName(request: Extract<IntakeRequest, { kind: 'start' | 'fork' }>, requested_by: string): IntakeRequest {
  if (request.kind === 'start') return { ...request, detail: { ...request.detail, requested_by } };
  return { ...request, detail: { ...request.detail, requested_by } };
}
