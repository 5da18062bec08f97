import { defineAgent } from '../../../../runtime/agent.ts';
import { aggregate } from '../../aggregate/aggregate.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'results.aggregate': (input, { runId, taskId, clock }) =>
    aggregate(input, { run: runId, task: taskId, at: clock.now() }),
});
