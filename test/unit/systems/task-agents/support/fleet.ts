import type { Agent } from '../../../../../lambdas/runtime/agent.ts';
import { agent as aggregator } from '../../../../../lambdas/systems/task-agents/agents/aggregator/agent.ts';
import { agent as classifier } from '../../../../../lambdas/systems/task-agents/agents/classifier/agent.ts';
import { agent as dataAnalyst } from '../../../../../lambdas/systems/task-agents/agents/data-analyst/agent.ts';
import { agent as deputy } from '../../../../../lambdas/systems/task-agents/agents/deputy/agent.ts';
import { agent as extractor } from '../../../../../lambdas/systems/task-agents/agents/extractor/agent.ts';
import { agent as planner } from '../../../../../lambdas/systems/task-agents/agents/planner/agent.ts';
import { agent as preprocessor } from '../../../../../lambdas/systems/task-agents/agents/preprocessor/agent.ts';
import { agent as researcher } from '../../../../../lambdas/systems/task-agents/agents/researcher/agent.ts';
import { agent as reviewer } from '../../../../../lambdas/systems/task-agents/agents/reviewer/agent.ts';
import { agent as statistician } from '../../../../../lambdas/systems/task-agents/agents/statistician/agent.ts';
import { streamAnalyst } from '../../../../../lambdas/systems/task-agents/agents/stream-analyst/agent.ts';
import { agent as summarizer } from '../../../../../lambdas/systems/task-agents/agents/summarizer/agent.ts';
import { agent as supervisor } from '../../../../../lambdas/systems/task-agents/agents/supervisor/agent.ts';
import type { BetweenChunks } from '../../../../../lambdas/systems/task-agents/live/streaming-analysis.ts';
import { http } from '../../../../../lambdas/systems/task-agents/research/read-page.ts';
import { TASK_AGENTS } from '../../../../../lambdas/systems/task-agents/system.ts';
import { createTestFleet, type TestFleet, type TestFleetOptions } from '../../../../../lambdas/testing/test-fleet.ts';

/** Every agent of the system. @param instead agents that take the place of those of the same name */
export function taskAgents(instead: readonly Agent[] = [], between?: BetweenChunks): Agent[] {
  const all: readonly Agent[] = [
    ...[preprocessor, summarizer, classifier, extractor, reviewer, statistician, researcher],
    ...[dataAnalyst, streamAnalyst(between), planner, supervisor, deputy, aggregator],
  ];
  const names = instead.map(({ manifest }) => manifest.name);
  return [...all.filter(({ manifest }) => !names.includes(manifest.name)), ...instead];
}

/** The whole system on the platform in this process. */
export const taskFleet = (
  options: Partial<TestFleetOptions> & { readonly between?: BetweenChunks } = {},
): Promise<TestFleet> => {
  const { between, ...rest } = options;
  return createTestFleet({
    ...{ agents: taskAgents([], between), workflows: TASK_AGENTS.workflows, tools: [http], patienceMs: 60_000 },
    ...rest,
  });
};
