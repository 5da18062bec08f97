import type { System } from '../../contracts/system.ts';
import { manifest as dataAnalysis } from './agents/data-analysis/manifest.ts';
import { manifest as diagnosis } from './agents/diagnosis/manifest.ts';
import { manifest as engagement } from './agents/engagement/manifest.ts';
import { manifest as feedback } from './agents/feedback/manifest.ts';
import { manifest as insights } from './agents/insights/manifest.ts';
import { manifest as orchestrator } from './agents/orchestrator/manifest.ts';
import { manifest as ruleAnalysis } from './agents/rule-analysis/manifest.ts';
import { manifest as scheduling } from './agents/scheduling/manifest.ts';
import { MAINTENANCE_CHANNELS } from './channels.ts';
import { fleetInsights } from './workflows/fleet-insights.ts';
import { lateAnswer, lateFeedback } from './workflows/late-words.ts';
import { vehicle } from './workflows/vehicle.ts';

/** Agents that see failures of vehicles coming, and have them repaired before. */
export const MAINTENANCE: System = {
  name: 'maintenance',
  agents: [orchestrator, dataAnalysis, ruleAnalysis, diagnosis, engagement, scheduling, feedback, insights],
  workflows: [vehicle, fleetInsights, lateFeedback, lateAnswer],
  channels: MAINTENANCE_CHANNELS,
};
