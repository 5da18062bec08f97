import { CHANNELS, type ChannelOf } from './channels.ts';

const C = CHANNELS;

/** Who speaks in this system, by the seed document's names, and the agents of the platform that are behind them. */
export const ROLES = {
  master_orchestrator: ['maintenance-orchestrator'],
  data_analysis_agent: ['maintenance-data-analysis', 'maintenance-rule-analysis'],
  diagnosis_agent: ['maintenance-diagnosis'],
  customer_engagement_agent: ['maintenance-engagement'],
  scheduling_agent: ['maintenance-scheduling'],
  feedback_agent: ['maintenance-feedback'],
  manufacturing_insights_agent: ['maintenance-insights'],
} as const;
export type Role = keyof typeof ROLES;
/** Not agents: vehicles, customers and garages; and who builds the vehicles. */
export type Outsider = 'external_system' | 'manufacturing_system';

/** What every worker hears beside its own input. */
const OF_EVERY_WORKER = [C.ORCHESTRATOR_COMMAND, C.SYSTEM_ERROR] as const;

/**
 * The seed document's subscription table. The orchestrator hears all outputs, and beside its list what comes from outside:
 * feedback and requests. Diagnosis, feedback and insights have no channel of their own in the document; they get work as
 * tasks, and hear what every worker hears.
 */
export const SUBSCRIPTIONS: Readonly<Record<Role, readonly ChannelOf[]>> = {
  master_orchestrator: [
    C.VEHICLE_DATA_INPUT,
    C.DATA_ANALYSIS_RESULT,
    C.CUSTOMER_ENGAGEMENT_RESULT,
    C.SCHEDULING_RESULT,
    C.FEEDBACK_PROCESSED,
    C.MANUFACTURING_INSIGHTS,
    C.SYSTEM_ERROR,
    C.SYSTEM_TIMEOUT,
    C.SYSTEM_MONITORING,
    C.FEEDBACK_INPUT,
    C.EXTERNAL_REQUEST,
  ],
  data_analysis_agent: [C.DATA_ANALYSIS_REQUEST, ...OF_EVERY_WORKER],
  customer_engagement_agent: [C.CUSTOMER_ENGAGEMENT_REQUEST, ...OF_EVERY_WORKER],
  scheduling_agent: [C.SCHEDULING_REQUEST, ...OF_EVERY_WORKER],
  diagnosis_agent: OF_EVERY_WORKER,
  feedback_agent: OF_EVERY_WORKER,
  manufacturing_insights_agent: OF_EVERY_WORKER,
};

const OF_EVERY_AGENT = [C.SYSTEM_ERROR, C.SYSTEM_TIMEOUT, C.SYSTEM_MONITORING] as const;

/** Who may speak on which channel. What stands in neither table, a receiver refuses. */
export const PUBLISHERS: Readonly<Record<Role, readonly ChannelOf[]>> = {
  master_orchestrator: [
    C.DATA_ANALYSIS_REQUEST,
    C.CUSTOMER_ENGAGEMENT_REQUEST,
    C.SCHEDULING_REQUEST,
    C.ORCHESTRATOR_COMMAND,
    ...OF_EVERY_AGENT,
  ],
  data_analysis_agent: [C.DATA_ANALYSIS_RESULT, ...OF_EVERY_AGENT],
  diagnosis_agent: OF_EVERY_AGENT,
  customer_engagement_agent: [C.CUSTOMER_ENGAGEMENT_RESULT, ...OF_EVERY_AGENT],
  scheduling_agent: [C.SCHEDULING_RESULT, ...OF_EVERY_AGENT],
  feedback_agent: [C.FEEDBACK_PROCESSED, ...OF_EVERY_AGENT],
  manufacturing_insights_agent: [C.MANUFACTURING_INSIGHTS, ...OF_EVERY_AGENT],
};
/** Where those may speak who are no agents. */
export const OPEN_TO_OUTSIDERS: readonly ChannelOf[] = [C.VEHICLE_DATA_INPUT, C.EXTERNAL_REQUEST, C.FEEDBACK_INPUT];

/** The role behind an agent's name; undefined: none of this system. */
export function roleOf(agent: string): Role | undefined {
  for (const role of Object.keys(ROLES) as Role[]) if (ROLES[role].some((name) => name === agent)) return role;
  return undefined;
}
