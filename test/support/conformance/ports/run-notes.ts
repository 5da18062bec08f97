import * as fc from 'fast-check';
import { dynamoHeartbeats } from '../../../../lambdas/adapters/aws/dynamo-heartbeats.ts';
import { dynamoProgressBoard } from '../../../../lambdas/adapters/aws/dynamo-progress-board.ts';
import { dynamoResultCache } from '../../../../lambdas/adapters/aws/dynamo-result-cache.ts';
import { memoryProgressBoard } from '../../../../lambdas/adapters/memory/memory-progress-board.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { Heartbeat, Heartbeats, ProgressBoard, ResultCache } from '../../../../lambdas/runtime/ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { agentName, moment, result, runId, someText, taskId, tenant, workflowName } from '../words.ts';

const beat: fc.Arbitrary<Heartbeat> = fc.record(
  { runId, taskId, attempt: fc.integer({ min: 1, max: 3 }), agent: agentName, at: moment },
  { noNullPrototype: true },
);
/** At most one of each task: those of one call are written at the same time. */
const beats = fc.uniqueArray(beat, { maxLength: 5, selector: (one) => `${one.runId}/${one.taskId}` });

/** Signs of life, late and repeated ones among them. */
export function heartbeatsConformance(services: LocalServices): Conformance<Heartbeats> {
  return {
    name: 'heartbeats',
    operation: fc.oneof(calls('record', fc.tuple(beats)), calls('of', fc.tuple(runId))),
    longest: 24,
    open: async () => {
      const { table, drop } = await services.stateTable();
      return pairOf(virtualWorld().heartbeats, dynamoHeartbeats(services.dynamo, table), drop);
    },
  };
}

/** Good results of tasks, older ones after newer ones. */
export function resultCacheConformance(services: LocalServices): Conformance<ResultCache> {
  const key = [tenant, workflowName, taskId] as const;
  return {
    name: 'result cache',
    operation: fc.oneof(calls('put', fc.tuple(...key, result, moment)), calls('get', fc.tuple(...key))),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.stateTable();
      return pairOf(virtualWorld().resultCache, dynamoResultCache(services.dynamo, table), drop);
    },
  };
}

/** Progress said early, late and twice; who takes part. */
export function progressBoardConformance(services: LocalServices): Conformance<ProgressBoard> {
  const progress = fc.constantFrom(0, 0.25, 1 / 3, 1);
  const agents = fc.uniqueArray(agentName, { maxLength: 3 });
  return {
    name: 'progress board',
    operation: fc.oneof(
      { weight: 4, arbitrary: calls('put', fc.tuple(runId, taskId, agentName, progress, someText, moment)) },
      { weight: 2, arbitrary: calls('list', fc.tuple(runId)) },
      { weight: 2, arbitrary: calls('watch', fc.tuple(runId, agents, moment)) },
      { weight: 1, arbitrary: calls('watchers', fc.tuple(runId)) },
    ),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.stateTable();
      const memory = memoryProgressBoard(memoryTable(virtualWorld().meter));
      return pairOf(memory, dynamoProgressBoard(services.dynamo, table), drop);
    },
  };
}
