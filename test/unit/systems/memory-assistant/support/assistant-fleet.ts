import type { Json, JsonObject } from '../../../../../lambdas/contracts/json.ts';
import type { Agent } from '../../../../../lambdas/runtime/agent.ts';
import { agent as avatarTrainer } from '../../../../../lambdas/systems/memory-assistant/agents/avatar-trainer/agent.ts';
import { agent as insightGenerator } from '../../../../../lambdas/systems/memory-assistant/agents/insight-generator/agent.ts';
import { agent as insightGeneratorB } from '../../../../../lambdas/systems/memory-assistant/agents/insight-generator-b/agent.ts';
import { agent as memoryHarvester } from '../../../../../lambdas/systems/memory-assistant/agents/memory-harvester/agent.ts';
import { agent as orchestrator } from '../../../../../lambdas/systems/memory-assistant/agents/orchestrator/agent.ts';
import { agent as patternAnalyzer } from '../../../../../lambdas/systems/memory-assistant/agents/pattern-analyzer/agent.ts';
import { agent as privacyGuardian } from '../../../../../lambdas/systems/memory-assistant/agents/privacy-guardian/agent.ts';
import { agent as relationshipMapper } from '../../../../../lambdas/systems/memory-assistant/agents/relationship-mapper/agent.ts';
import { ASSISTANT } from '../../../../../lambdas/systems/memory-assistant/system.ts';
import type { TestFleetOptions } from '../../../../../lambdas/testing/test-fleet.ts';
import { createTestFleet, type TestFleet } from '../../../../../lambdas/testing/test-fleet.ts';
import type { TestRun } from '../../../../../lambdas/testing/test-run.ts';

/** Every agent of the system, as deployed. */
export const AGENTS: readonly Agent[] = [
  ...[orchestrator, memoryHarvester, patternAnalyzer, relationshipMapper, avatarTrainer, privacyGuardian],
  ...[insightGenerator, insightGeneratorB],
];

export interface AssistantFleet {
  readonly fleet: TestFleet;
  /** Puts a file into the bucket and imports it. */
  importFile(name: string, content: string | Uint8Array, more?: JsonObject): Promise<TestRun>;
  /** What the guardian lets out of the answer. */
  ask(question: string, more?: JsonObject): Promise<JsonObject>;
}

/** The whole memory assistant in this process. */
export async function assistantFleet(options: Partial<TestFleetOptions> = {}): Promise<AssistantFleet> {
  const fleet = await createTestFleet({
    ...{ sweepEveryMs: 0, measureEveryMs: 0, patienceMs: 500, agents: AGENTS, workflows: ASSISTANT.workflows },
    ...options,
  });
  let files = 0;
  return {
    fleet,
    async importFile(name, content, more = {}) {
      files += 1;
      const key = `imports/${files}/${name}`;
      await fleet.platform.world.bucket('assistant-data').write(key, content);
      return fleet.run('assistant.import', { batch: { file: { key, name, ...more } } });
    },
    async ask(question, more = {}) {
      const run = await fleet.run('assistant.ask', { question, ...more });
      if (run.status !== 'completed') throw new Error(`${run.error?.code}: ${run.error?.message}`);
      return objectAt(run.result, 'release', 'document', 'answer');
    },
  };
}

/** The object at the end of a path through JSON. @throws Error when there is none */
export function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject {
  const found = path.reduce<Json | undefined>(
    (at, name) => (typeof at === 'object' && at !== null && !Array.isArray(at) ? at[name] : undefined),
    value,
  );
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new Error(`no object at ${path.join('.')}`);
  return found;
}
