import { MODEL } from './answered.ts';

/** What manifests of agents with a model share. When the model is down, statistics answer in its place. */
export const WITH_MODEL = {
  timeoutSeconds: 120,
  memoryMb: 256,
  effects: 'none' as const,
  batchSize: 1,
  retry: { maxAttempts: 4, intervalSeconds: 1, maxDelaySeconds: 5 },
  uses: { models: [MODEL], worksWithoutModels: true },
  budget: { usd: 0.05, calls: 10, atLimit: 'stop' as const },
};
