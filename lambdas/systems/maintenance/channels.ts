import { type Channel, defineChannel } from '../../contracts/channels.ts';
import { CHANNELS } from './messages/channels.ts';
import { Message } from './messages/message.ts';

const WHAT: Readonly<Record<keyof typeof CHANNELS, string>> = {
  VEHICLE_DATA_INPUT: 'Vehicle data ingestion',
  EXTERNAL_REQUEST: 'External system requests, and what customers answer',
  DATA_ANALYSIS_REQUEST: 'Analysis requests',
  DATA_ANALYSIS_RESULT: 'Analysis results',
  CUSTOMER_ENGAGEMENT_REQUEST: 'Engagement requests',
  CUSTOMER_ENGAGEMENT_RESULT: 'Engagement results',
  SCHEDULING_REQUEST: 'Scheduling requests',
  SCHEDULING_RESULT: 'Scheduling results',
  SYSTEM_ERROR: 'Error notifications',
  SYSTEM_TIMEOUT: 'Timeout escalations',
  SYSTEM_MONITORING: 'System monitoring: acknowledgements, and how agents are',
  FEEDBACK_INPUT: 'Customer feedback',
  FEEDBACK_PROCESSED: 'Processed feedback',
  MANUFACTURING_INSIGHTS: 'Manufacturing insights',
  ORCHESTRATOR_COMMAND: 'What the orchestrator tells all workers',
};

/** Every channel of the seed document, as the bus knows it. */
export const MAINTENANCE_CHANNELS: readonly Channel[] = (Object.keys(CHANNELS) as (keyof typeof CHANNELS)[]).map(
  (name) => defineChannel({ name: CHANNELS[name], description: WHAT[name], schema: Message }),
);
