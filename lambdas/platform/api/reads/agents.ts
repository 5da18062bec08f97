import type { BreakerState } from '../../../contracts/breaker.ts';
import { API_SOURCE, BUS_EVENTS } from '../../../contracts/bus-events.ts';
import { type AgentState, isInPool } from '../../../contracts/health.ts';
import { asJson, JsonObject } from '../../../contracts/json.ts';
import type { RegisteredAgent } from '../../../contracts/registry.ts';
import { notFound } from '../api-error.ts';
import type { ApiPorts } from '../api-ports.ts';
import type { Handler } from '../call.ts';
import { instant } from '../runs/answers.ts';

export const listAgents: Handler<'listAgents'> = async ({ query }, ports) => {
  const { task_type: type } = query;
  const [agents, breakers] = await Promise.all([ports.registry.agents(), ports.breakers.read()]);
  const wanted = agents.filter(({ capabilities }) => type === undefined || Object.hasOwn(capabilities, type));
  const now = ports.clock.now();
  const items = [...wanted]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((agent) => infoOf(agent, breakers.get(agent.name), now));
  return { status: 200, body: { items } };
};

export const getAgent: Handler<'getAgent'> = async ({ params }, ports) => {
  const agent = await agentCalled(params.agent, ports);
  const breakers = await ports.breakers.read();
  return { status: 200, body: infoOf(agent, breakers.get(agent.name), ports.clock.now()) };
};

export const setAgentState: Handler<'setAgentState'> = async ({ caller, params, body }, ports) => {
  const { name } = await agentCalled(params.agent, ports);
  const { state, reason } = body;
  const detail = BUS_EVENTS.agent_state_requested.parse({
    ...{ agent: name, state, reason },
    requested_by: caller.principal.sub,
  });
  await ports.bus.publish(API_SOURCE, [{ name: 'agent_state_requested', detail }]);
  return { status: 202, body: { agent: name, state } };
};

/** The seed documents' system status: `total_agents, active_agents, agent_statuses, system_health`. */
export const getSystemStatus: Handler<'getSystemStatus'> = async ({ caller }, ports) => {
  const [agents, held] = await Promise.all([ports.registry.agents(), ports.holds.read()]);
  const active = agents.filter((agent) => isInPool(stateOf(agent)));
  const issues = agents.flatMap((agent) => issuesOf(agent).map((issue) => `${agent.name}: ${issue}`));
  // Whether others are on hold is none of this tenant's business.
  const holds = [...held].filter(([scope]) => scope === '*' || scope === caller.tenant || caller.tenant === '*');
  return {
    status: 200,
    body: {
      total_agents: agents.length,
      active_agents: active.length,
      agent_statuses: Object.fromEntries(
        agents.map((agent) => [
          agent.name,
          {
            state: stateOf(agent),
            metrics: JsonObject.parse(agent.load?.stats ? asJson(agent.load.stats) : {}),
            capabilities: Object.keys(agent.capabilities),
          },
        ]),
      ),
      system_health: {
        is_healthy: issues.length === 0 && active.length === agents.length,
        issues,
        holds: holds.map(([scope, { action, by, reason }]) => ({ scope, action, by, reason })),
      },
    },
  };
};

/** @throws ApiError 404 */
export async function agentCalled(name: string, { registry }: Pick<ApiPorts, 'registry'>): Promise<RegisteredAgent> {
  const agent = (await registry.agents()).find((one) => one.name === name);
  if (!agent) throw notFound(`agent ${name}`);
  return agent;
}

const stateOf = ({ load }: RegisteredAgent): AgentState => load?.health?.state ?? 'initializing';

function issuesOf({ load }: RegisteredAgent): string[] {
  const { issues = [], state } = load?.health ?? {};
  return state !== undefined && !isInPool(state) ? [...issues, `is ${state}`] : [...issues];
}

function infoOf(agent: RegisteredAgent, breaker: BreakerState | undefined, now: number) {
  const { name, version, description, system, capabilities, effects, load } = agent;
  const { is_healthy = true, issues = [], set_by } = load?.health ?? {};
  const state = stateOf(agent);
  return {
    ...{ name, version, description, system, state, is_healthy, issues: [...issues], in_pool: isInPool(state) },
    ...(set_by !== undefined && { set_by }),
    ...breakerOf(breaker, now),
    capabilities: Object.entries(capabilities).map(([task_type, { description: what, input_types, output_types }]) => ({
      ...{ task_type, description: what },
      ...{ input_types: [...input_types], output_types: [...output_types] },
    })),
    effects,
    queue_depth: load?.queue_depth ?? 0,
    ...(load?.stats && { stats: load.stats }),
  };
}

function breakerOf(breaker: BreakerState | undefined, now: number) {
  const until = breaker?.open_until;
  if (until === undefined) return { breaker: 'closed' as const };
  return until > now ? { breaker: 'open' as const, open_until: instant(until) } : { breaker: 'half_open' as const };
}
