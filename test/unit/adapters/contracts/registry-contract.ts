import { describe, expect, test } from '@jest/globals';
import type { AgentHealth } from '../../../../lambdas/contracts/health.ts';
import type { AgentRegistration } from '../../../../lambdas/contracts/registry.ts';
import { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import { someName, type World } from './ports-under-test.ts';

const agent = (name: string, overrides: Partial<AgentRegistration> = {}): AgentRegistration => ({
  name,
  version: '1.0.0',
  description: 'extracts',
  system: 'etl',
  capabilities: { 'etl.extract': { description: 'reads a source', input_types: ['table'], output_types: ['rows'] } },
  inbox: { express: 'https://queues/express', standard: 'https://queues/standard' },
  retry: { maxAttempts: 5 },
  effects: 'none',
  health: { avgProcessingSeconds: 5, errorRate: 0.05, queueDepth: 100 },
  ...overrides,
});
const definition = (name: string, version: number, tasks = 1): WorkflowDefinition =>
  WorkflowDefinition.parse({
    name,
    version,
    tasks: Array.from({ length: tasks }, (_, i) => ({
      id: `task-${i}`,
      type: 'etl.extract',
      description: `reads partition ${i} of a source that is described here at some length`,
    })),
  });
const stats = {
  messages_processed: 12,
  errors_count: 1,
  avg_processing_time: 0.4,
  last_activity: '2026-01-01T00:00:00.000Z',
};

export function registryContract(world: World): void {
  describe('a registry', () => {
    const find = async (name: string) => (await world().freshRegistry().agents()).find((known) => known.name === name);

    test('knows an agent as it was registered last, until it is removed', async () => {
      const { registryWriter } = world();
      const name = someName('agent');
      expect(await find(name)).toBeUndefined();
      await registryWriter.registerAgent(agent(name));
      await registryWriter.registerAgent(agent(name, { version: '1.1.0' }));
      expect(await find(name)).toEqual(agent(name, { version: '1.1.0' }));
      await registryWriter.removeAgent(name);
      await registryWriter.removeAgent(name);
      expect(await find(name)).toBeUndefined();
    });

    test('joins what the monitor measured and what the agent says', async () => {
      const { registryWriter } = world();
      const name = someName('agent');
      await registryWriter.registerAgent(agent(name));
      await registryWriter.recordStats(name, stats);
      await registryWriter.recordLoad(name, { queue_depth: 7, measured_at: 1_767_225_600_000 });
      const load = { queue_depth: 7, measured_at: 1_767_225_600_000, stats };
      expect(await find(name)).toEqual({ ...agent(name), load });
      await registryWriter.registerAgent(agent(name, { version: '2.0.0' }));
      expect(await find(name)).toEqual({ ...agent(name, { version: '2.0.0' }), load });
    });

    test('knows what the monitor or a person makes of an agent, measured or not', async () => {
      const { registryWriter } = world();
      const name = someName('agent');
      const health: AgentHealth = {
        ...{ agent_id: name, state: 'maintenance', is_healthy: false, issues: ['High error rate'] },
        ...{ since: 1_767_225_600_000, set_by: 'ops', reason: 'new disk', probed_at: 1_767_225_700_000 },
      };
      await registryWriter.registerAgent(agent(name));
      await registryWriter.recordHealth(name, health);
      expect((await find(name))?.load?.health).toEqual(health);
      await registryWriter.recordLoad(name, { queue_depth: 7, measured_at: 1_767_225_600_000 });
      await registryWriter.recordHealth(name, { ...health, state: 'ready' });
      const load = { queue_depth: 7, measured_at: 1_767_225_600_000, health: { ...health, state: 'ready' } };
      expect((await find(name))?.load).toEqual(load);
      await registryWriter.removeAgent(name);
      await registryWriter.registerAgent(agent(name));
      expect(await find(name)).toEqual(agent(name));
    });

    test('cuts what people say of an agent to what can be read again: it would hide every agent', async () => {
      const { registryWriter } = world();
      const name = someName('agent');
      const health: AgentHealth = {
        ...{ agent_id: name, state: 'maintenance', is_healthy: true, issues: [], since: 1_767_225_600_000 },
        ...{ set_by: 's'.repeat(200), reason: 'r'.repeat(501) },
      };
      await registryWriter.registerAgent(agent(name));
      await registryWriter.recordHealth(name, health);
      const kept = { ...health, set_by: 's'.repeat(128), reason: 'r'.repeat(500) };
      expect((await find(name))?.load?.health).toEqual(kept);
    });

    test('lets no judgement of the monitor change what a person has set', async () => {
      const { registryWriter } = world();
      const name = someName('agent');
      const judged: AgentHealth = {
        agent_id: name,
        state: 'busy',
        is_healthy: true,
        issues: [],
        since: 1_767_225_600_000,
      };
      const wanted: AgentHealth = { ...judged, state: 'maintenance', set_by: 'ops' };
      await registryWriter.registerAgent(agent(name));
      await registryWriter.recordHealth(name, judged, true);
      expect((await find(name))?.load?.health).toEqual(judged);
      await registryWriter.recordHealth(name, wanted);
      await registryWriter.recordHealth(name, judged, true);
      expect((await find(name))?.load?.health).toEqual(wanted);
      await registryWriter.recordHealth(name, judged);
      expect((await find(name))?.load?.health).toEqual(judged);
    });

    test('keeps the thresholds that were told until they are measured anew', async () => {
      const { registryWriter } = world();
      const name = someName('agent');
      await registryWriter.registerAgent(agent(name));
      await registryWriter.recordLoad(name, { queue_depth: 200, measured_at: 1_000, exceeded: ['queue_depth'] });
      await registryWriter.recordStats(name, stats);
      expect((await find(name))?.load?.exceeded).toEqual(['queue_depth']);
      await registryWriter.recordLoad(name, { queue_depth: 1, measured_at: 2_000, exceeded: [] });
      expect((await find(name))?.load?.exceeded).toEqual([]);
    });

    test('knows how an agent wants to be selected, and when its breaker opens', async () => {
      const { registryWriter } = world();
      const name = someName('agent');
      const wishes = {
        breaker: { failures: 3, seconds: 30 },
        selection: { strategy: 'weighted' as const, weight: 2, cost: 0.5, near: ['eu-west-1', 'flights'] },
      };
      await registryWriter.registerAgent(agent(name, wishes));
      expect(await find(name)).toEqual(agent(name, wishes));
    });

    test('gives the latest definition, or the version that is asked for', async () => {
      const { registryWriter, freshRegistry } = world();
      const name = someName('workflow');
      for (const version of [2, 10, 9]) await registryWriter.registerDefinition(definition(name, version));
      expect(await freshRegistry().definition(name)).toEqual(definition(name, 10));
      expect(await freshRegistry().definition(name, 2)).toEqual(definition(name, 2));
      expect(await freshRegistry().definition(name, 3)).toBeUndefined();
      expect(await freshRegistry().definition(someName('workflow'))).toBeUndefined();
      const all = (await freshRegistry().definitions()).filter((known) => known.name === name);
      expect(all).toEqual([definition(name, 10)]);
    });

    test('takes the same definition twice, and refuses another under the same version', async () => {
      const { registryWriter } = world();
      const name = someName('workflow');
      await registryWriter.registerDefinition(definition(name, 1));
      await registryWriter.registerDefinition(definition(name, 1));
      const changed = registryWriter.registerDefinition(definition(name, 1, 2));
      await expect(changed).rejects.toMatchObject({ code: 'definition_changed', class: 'data' });
      await expect(changed).rejects.toThrow(/raise its version/);
    });

    test('keeps a definition that is larger than an item', async () => {
      const { registryWriter, freshRegistry } = world();
      const name = someName('workflow');
      await registryWriter.registerDefinition(definition(name, 1, 5_000));
      expect(await freshRegistry().definition(name)).toEqual(definition(name, 1, 5_000));
    });
  });
}
