/** The seed document's channels by the names that its code uses, word for word. */
export const CHANNELS = {
  VEHICLE_DATA_INPUT: 'channel.vehicle.data.input',
  EXTERNAL_REQUEST: 'channel.external.request',
  DATA_ANALYSIS_REQUEST: 'channel.data_analysis.request',
  DATA_ANALYSIS_RESULT: 'channel.data_analysis.result',
  CUSTOMER_ENGAGEMENT_REQUEST: 'channel.customer_engagement.request',
  CUSTOMER_ENGAGEMENT_RESULT: 'channel.customer_engagement.result',
  SCHEDULING_REQUEST: 'channel.scheduling.request',
  SCHEDULING_RESULT: 'channel.scheduling.result',
  SYSTEM_ERROR: 'channel.system.error',
  SYSTEM_TIMEOUT: 'channel.system.timeout',
  SYSTEM_MONITORING: 'channel.system.monitoring',
  FEEDBACK_INPUT: 'channel.feedback.input',
  FEEDBACK_PROCESSED: 'channel.feedback.processed',
  MANUFACTURING_INSIGHTS: 'channel.manufacturing.insights',
  ORCHESTRATOR_COMMAND: 'channel.orchestrator.command',
} as const;
export type ChannelOf = (typeof CHANNELS)[keyof typeof CHANNELS];
