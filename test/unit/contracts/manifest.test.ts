import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineManifest, type ManifestInput } from '../../../lambdas/contracts/manifest.ts';

const capabilities = {
  'etl.load': {
    description: 'Loads a table.',
    input: z.object({ table: z.string() }),
    output: z.object({ rows: z.number() }),
  },
};
type Input = ManifestInput<typeof capabilities>;
const manifest = (overrides: Partial<Input> = {}) =>
  defineManifest({
    name: 'etl-loader',
    description: 'Loads tables.',
    errorImpact: 'Analysts see yesterday’s figures in the mart.',
    capabilities,
    ...overrides,
  });

describe('a manifest', () => {
  test('needs five lines; the rest has defaults', () => {
    expect(manifest()).toMatchObject({
      version: '1.0.0',
      timeoutSeconds: 30,
      memoryMb: 256,
      concurrency: 10,
      effects: 'none',
      channels: { publishes: [], subscribes: [] },
      reaches: { buckets: {}, secrets: [], layers: [], settings: [] },
      health: { avgProcessingSeconds: 5, errorRate: 0.05, queueDepth: 100 },
    });
  });

  test('keeps the schemas of its capabilities', () => {
    expect(manifest().capabilities['etl.load'].input.parse({ table: 'flights' })).toEqual({ table: 'flights' });
  });

  test.each<[string, Partial<Input>, number]>([
    ['quick and harmless tasks', { timeoutSeconds: 10 }, 10],
    ['tasks of over ten seconds', { timeoutSeconds: 11 }, 1],
    ['tasks with outside effects', { timeoutSeconds: 10, effects: 'outside' }, 1],
    ['tasks whose agent says so', { timeoutSeconds: 60, batchSize: 5 }, 5],
  ])('takes %s in batches of the right size', (_name, overrides, batchSize) => {
    expect(manifest(overrides).batchSize).toBe(batchSize);
  });

  test.each<[string, Partial<Input>, string]>([
    ['a name in capitals', { name: 'EtlLoader' }, 'kebab-case'],
    ['a version that is none', { version: '1' }, 'a version is like'],
    ['an impact of one word', { errorImpact: 'bad' }, 'say who notices'],
    ['a timeout that Lambda does not take', { timeoutSeconds: 841 }, 'timeoutSeconds'],
    ['too little memory', { memoryMb: 64 }, 'memoryMb'],
    ['a concurrency of 1', { concurrency: 1 }, 'concurrency'],
    ['a batch of 11', { batchSize: 11 }, 'batchSize'],
    ['an error rate of 2', { health: { errorRate: 2 } }, 'errorRate'],
    ['21 attempts', { retry: { maxAttempts: 21 } }, 'maxAttempts'],
  ])('with %s is refused by name', (_name, overrides, message) => {
    expect(() => manifest(overrides)).toThrow(message);
  });

  test('with a field that does not exist is refused, so a misspelt one is noticed', () => {
    const misspelt = { ...manifestInput(), timeoutSecond: 10 };
    expect(() => defineManifest(misspelt)).toThrow('timeoutSecond');
  });

  test('without a capability, or with a misnamed one, is refused', () => {
    expect(() => defineManifest({ ...manifestInput(), capabilities: {} })).toThrow('at least one capability');
    const misnamed = { 'Etl Load': capabilities['etl.load'] };
    expect(() => defineManifest({ ...manifestInput(), capabilities: misnamed })).toThrow('a task type is lower case');
  });
});

function manifestInput(): Input {
  return { name: 'a', description: 'b', errorImpact: 'Somebody notices it within a day.', capabilities };
}
