import { CHANNELS } from '../../lambdas/systems/maintenance/messages/channels.ts';
import { messageOf } from '../../lambdas/systems/maintenance/messages/message.ts';
import { InsightsResult } from '../../lambdas/systems/maintenance/task-shapes.ts';
import { INSIGHTS_WORKFLOW } from '../../lambdas/systems/maintenance/workflows/names.ts';
import { playFleet } from '../fleet/play-fleet.ts';
import { fleetOutcome } from '../views/fleet-outcome.ts';
import { fleetStatus } from '../views/fleet-status.ts';
import type { Demo, DemoRun, DemoStage } from './demo.ts';

/** Vehicles with a month of history each; a day of play. */
const VEHICLES = 80;

/** Vehicle data → analysis → diagnosis → engagement → scheduling → feedback → manufacturing insights. */
export const demo: Demo = {
  name: 'maintenance',
  system: 'maintenance',
  description:
    'eight agents see failures of a generated fleet coming, have them repaired, and tell the factory what it builds badly',
  async play(stage) {
    stage.heading(`${VEHICLES} vehicles, their drivers and garages (seed ${stage.seed})`);
    const played = await playFleet({ vehicles: VEHICLES, days: 1, speed: 86_400, seed: stage.seed }, stage);

    stage.heading('vehicles at risk, and why; bookings');
    stage.say(fleetStatus(played.vehicles, [], stage.now()));

    stage.heading('manufacturing insights');
    const now = stage.now();
    await stage.publish(
      CHANNELS.EXTERNAL_REQUEST,
      messageOf({
        ...{ type: 'ANALYSIS_REQUEST', id: `demo-agents-${now}`, correlationId: `demo-${now}`, now },
        ...{ sender: 'external_system', receiver: 'master_orchestrator', payload: { scope: 'agents' } },
      }),
    );
    const run = await askedLast(stage);
    const insights = InsightsResult.safeParse(run.result);
    for (const line of insights.data?.insights ?? []) stage.say(line);
    for (const line of insights.data?.recommendations ?? []) stage.say(line);
    if (insights.data?.insights.length === 0)
      stage.say(
        `nothing beyond chance in ${insights.data.cases} confirmed cases of ${insights.data.vehicles} vehicles`,
      );

    stage.heading('what came out');
    stage.say(fleetOutcome(played));
    return run.status === 'completed' && insights.success && played.visits > 0;
  },
};

/** Of requests in quick succession only the last becomes work: a garage's feedback may have come after ours. */
async function askedLast(stage: DemoStage, tries = 3): Promise<DemoRun> {
  const run = await stage.run(INSIGHTS_WORKFLOW, {});
  return run.status === 'cancelled' && tries > 1 && !stage.signal.aborted ? askedLast(stage, tries - 1) : run;
}
