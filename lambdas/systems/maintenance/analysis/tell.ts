import type { AgentContext } from '../../../runtime/agent.ts';
import type { Analysis } from '../fleet/shapes.ts';
import { CHANNELS } from '../messages/channels.ts';
import { priorityOfUrgency } from '../messages/message-types.ts';
import { messageId, say } from '../messages/say.ts';
import { foremost } from './diagnose.ts';
import { THRESHOLDS } from './thresholds.ts';

/** Says the result of an analysis; predicted failures are high, those that endanger somebody critical. */
export async function tellAnalysis(analysis: Analysis, ctx: AgentContext): Promise<Analysis> {
  await say(ctx, CHANNELS.DATA_ANALYSIS_RESULT, {
    ...{ type: 'ANALYSIS_RESULT', id: messageId(ctx, 'result'), sender: 'data_analysis_agent' },
    receiver: 'master_orchestrator',
    priority: priorityOfUrgency(foremost(analysis.outlook, THRESHOLDS).urgency),
    replyTo: `${ctx.runId}/intake/analysis`,
    payload: { vehicle_id: analysis.vehicle_id, analysis },
  });
  return analysis;
}
