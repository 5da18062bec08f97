import type { JsonObject } from '../../../../contracts/json.ts';
import { type AgentContext, defineAgent } from '../../../../runtime/agent.ts';
import { withWorkspace } from '../../duckdb/workspace.ts';
import { checkPipeline } from '../../planning/check-pipeline.ts';
import { type Plan, participantsOf } from '../../planning/plan.ts';
import { planFlightMart } from '../../planning/plan-flight-mart.ts';
import { planPipeline } from '../../planning/plan-pipeline.ts';
import { readRequest } from '../../planning/read-request.ts';
import { summarize } from '../../summary/summarize.ts';
import { completeFlightMart, FlightMartInput } from '../../workflows/flight-mart-input.ts';
import { PipelineInput } from '../../workflows/pipeline-input.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'etl.plan': async ({ workflow, request }, ctx) => {
    const plan = await (workflow === 'etl.pipeline' ? pipelinePlan(request, ctx) : flightMartPlan(request, ctx));
    const participants = participantsOf(plan);
    ctx.addTasks(plan.tasks);
    await ctx.publish('coordination', {
      coordination_type: 'workflow_start',
      workflow_id: ctx.runId,
      tenant: ctx.tenant,
      participants,
      broadcast: true,
      details: { workflow, tasks: plan.tasks.length },
    });
    return { tasks: plan.tasks.length, participants, notes: [...plan.notes] };
  },
  'etl.summarize': async ({ workflow, notes }, ctx) => {
    const upstream = await ctx.upstream();
    return withWorkspace(ctx, (workspace) => summarize(workspace, workflow, upstream, notes));
  },
});

function flightMartPlan(request: JsonObject, ctx: AgentContext): Plan {
  const input = readRequest(FlightMartInput, request, 'request_invalid');
  return planFlightMart(
    completeFlightMart(input, (name) => ctx.setting(name)),
    ctx.clock.now(),
  );
}

async function pipelinePlan(request: JsonObject, ctx: AgentContext): Promise<Plan> {
  const input = readRequest(PipelineInput, request, 'pipeline_invalid');
  await checkPipeline(ctx, input);
  return planPipeline(input, ctx.clock.now());
}
