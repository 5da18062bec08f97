import type { AgentState } from '../../../contracts/health.ts';
import { AGENT_STATES } from '../../../contracts/health.ts';
import { healthOf, type PerformanceReport } from './grade-agents.ts';
import type { Grade } from './thresholds.ts';

/** An agent as the registry has it. */
export interface AgentNow {
  readonly name: string;
  readonly version: string;
  readonly state: AgentState;
  readonly capabilities: readonly string[];
  readonly queueSize: number;
}

export interface AgentStatus {
  readonly state: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly queue_size: number;
  readonly is_healthy: boolean;
  readonly issues: readonly string[];
  readonly messages_processed: number;
  readonly error_rate: number;
  /** Seconds from dispatch to report. */
  readonly avg_response_time: number;
  /** None when it did nothing in the last hour. */
  readonly grade: Grade | null;
}

/** The seed document's system status. Healthy as a whole: every agent that is in the pool is well. */
export interface SystemStatus {
  readonly total_agents: number;
  readonly active_agents: number;
  readonly agent_statuses: Readonly<Record<string, AgentStatus>>;
  readonly system_health: 'healthy' | 'degraded' | 'down';
}

export function systemStatus(agents: readonly AgentNow[], reports: readonly PerformanceReport[]): SystemStatus {
  const statuses = agents.map((agent): [string, AgentStatus] => {
    const report = reports.find(({ agent_id }) => agent_id === agent.name);
    const health = healthOf(report ?? { error_rate: 0, avg_response_time: 0 }, agent.queueSize);
    return [
      agent.name,
      {
        ...{ state: AGENT_STATES[agent.state].management, version: agent.version, capabilities: agent.capabilities },
        ...{ queue_size: agent.queueSize, ...health, messages_processed: report?.total_messages_processed ?? 0 },
        ...{ error_rate: report?.error_rate ?? 0, avg_response_time: report?.avg_response_time ?? 0 },
        grade: report?.performance_grade ?? null,
      },
    ];
  });
  const inPool = agents.filter(({ state }) => AGENT_STATES[state].in_pool);
  const isWell = statuses.every(([, { is_healthy }]) => is_healthy) && inPool.length === agents.length;
  return {
    ...{ total_agents: agents.length, active_agents: inPool.length, agent_statuses: Object.fromEntries(statuses) },
    system_health: inPool.length === 0 ? 'down' : isWell ? 'healthy' : 'degraded',
  };
}
