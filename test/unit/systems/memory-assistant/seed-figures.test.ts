import { describe, expect, test } from '@jest/globals';
import { SelectionStrategy } from '../../../../lambdas/contracts/task-kinds.ts';
import { POOLS } from '../../../../lambdas/runtime/pools/defaults.ts';
import { LEARNING } from '../../../../lambdas/systems/memory-assistant/learning/constants.ts';
import {
  BATCH,
  GRADES,
  HEALTH_THRESHOLDS,
  LOAD_STRATEGIES,
  POOL,
  REPORT_SECONDS,
} from '../../../../lambdas/systems/memory-assistant/performance/thresholds.ts';
import { ASSISTANT } from '../../../../lambdas/systems/memory-assistant/system.ts';

const capabilitiesOf = (name: string): string[] =>
  Object.keys(ASSISTANT.agents.find((agent) => agent.name === name)?.capabilities ?? {});

describe('the figures and messages of the seed document', () => {
  test('an agent is not well above five seconds, five per cent of errors or a hundred messages', () => {
    expect(HEALTH_THRESHOLDS).toEqual({ responseSeconds: 5, errorRate: 0.05, queueSize: 100 });
  });

  test('grades are A, B and C below these bounds, over the last hour', () => {
    expect(GRADES).toEqual([
      { grade: 'A', errorRate: 0.01, seconds: 1 },
      { grade: 'B', errorRate: 0.05, seconds: 2 },
      { grade: 'C', errorRate: 0.1, seconds: 5 },
    ]);
    expect(REPORT_SECONDS).toBe(3_600);
  });

  test('behaviour is adapted from a hundred samples on, by ten scores against ten, beyond a tenth', () => {
    expect(LEARNING).toEqual({ samples: 100, window: 10, threshold: 0.1 });
  });

  test('batches are of ten, and ten connections are pooled', () => {
    expect(BATCH.size).toBe(10);
    expect(POOL).toEqual({ connections: 10, workers: 4 });
    expect(POOLS.database.places).toBe(POOL.connections);
    for (const name of ['assistant-memory-harvester', 'assistant-pattern-analyzer', 'assistant-privacy-guardian'])
      expect(ASSISTANT.agents.find((agent) => agent.name === name)?.batchSize).toBe(BATCH.size);
  });

  test('the platform has every strategy by which load is balanced', () => {
    for (const strategy of LOAD_STRATEGIES) expect(SelectionStrategy.options).toContain(strategy);
  });

  test('there are six agents and an orchestrator, and one agent has a second version', () => {
    expect(ASSISTANT.agents.map(({ name }) => name)).toEqual([
      'assistant-orchestrator',
      'assistant-memory-harvester',
      'assistant-pattern-analyzer',
      'assistant-relationship-mapper',
      'assistant-avatar-trainer',
      'assistant-privacy-guardian',
      'assistant-insight-generator',
      'assistant-insight-generator-b',
    ]);
  });

  test('each agent answers to the messages that the document gives it', () => {
    expect(capabilitiesOf('assistant-memory-harvester')).toEqual([
      'process_memory',
      'batch_process',
      'validate_quality',
      'get_stats',
    ]);
    expect(capabilitiesOf('assistant-pattern-analyzer')).toContain('analyze_patterns');
    expect(capabilitiesOf('assistant-relationship-mapper')).toContain('update_relationships');
    expect(capabilitiesOf('assistant-privacy-guardian')).toContain('apply_security');
    expect(capabilitiesOf('assistant-insight-generator')).toContain('generate_insights');
  });

  test('whatever an agent gets and reports is encrypted', () => {
    expect(ASSISTANT.agents.filter(({ confidential }) => !confidential)).toEqual([]);
  });

  test('every workflow ends with the guardian', () => {
    const unguarded = ASSISTANT.workflows.filter(({ tasks, output }) => {
      const last = tasks.find(({ id }) => id === output?.[0]);
      return output?.length !== 1 || last?.type !== 'apply_security';
    });
    expect(unguarded.map(({ name }) => name)).toEqual([]);
  });
});
