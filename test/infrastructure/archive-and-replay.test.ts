import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { REPLAY_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import { ENV } from '../../lambdas/contracts/environment.ts';
import { loadConfig } from '../../lib/config.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const made = synthesize('dev');

/** What a rule says of sources: names, all but some, or how they begin. */
const Source = z.array(
  z.union([
    z.string().transform((name) => (source: string) => source === name),
    z
      .strictObject({ 'anything-but': z.union([z.string(), z.array(z.string())]) })
      .transform((pattern) => (source: string) => ![pattern['anything-but']].flat().includes(source)),
    z.strictObject({ prefix: z.string() }).transform(
      ({ prefix }) =>
        (source: string) =>
          source.startsWith(prefix),
    ),
  ]),
);
const Rule = z.looseObject({ EventPattern: z.looseObject({ source: Source }) });

test('no rule of the platform or of a system matches what is replayed', () => {
  const rules = ofType(made.all, 'AWS::Events::Rule').filter(([, { EventPattern: pattern }]) => pattern !== undefined);
  expect(rules.length).toBeGreaterThan(3);
  for (const [id, properties] of rules) {
    const { source } = Rule.parse(properties).EventPattern;
    expect([id, source.some((matches) => matches(REPLAY_SOURCE))]).toEqual([id, false]);
    // What the platform says is in the audit by its journals.
    const spoken = id.startsWith('AuditBetweenAgents') ? 'muster.agent.etl-loader' : 'muster.platform';
    expect([id, source.some((matches) => matches(spoken))]).toEqual([id, true]);
  }
});

describe('The archive', () => {
  const Bucket = z.looseObject({
    LifecycleConfiguration: z.object({ Rules: z.array(z.looseObject({ ExpirationInDays: z.number().optional() })) }),
  });
  const expiryOf = (name: string) =>
    ofType(made.platform, 'AWS::S3::Bucket')
      .filter(([id]) => id.startsWith(name))
      .map(([, bucket]) => Bucket.parse(bucket).LifecycleConfiguration.Rules.map((rule) => rule.ExpirationInDays));

  test('keeps journals when other blobs expire', () => {
    expect(expiryOf('StoresBlobs')).toEqual([[30]]);
    expect(expiryOf('StoresArchive')).toEqual([[undefined]]);
  });

  test('is known to every Lambda that reads journals', () => {
    const Lambda = z.looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
    for (const name of ['LambdasCoordinator', 'LambdasIntake', 'LambdasArchiver']) {
      const [found] = ofType(made.platform, 'AWS::Lambda::Function').filter(([id]) => id.startsWith(name));
      expect(Lambda.parse(found?.[1]).Environment.Variables).toHaveProperty(ENV.archiveBucket);
    }
  });

  test('takes journals before what they need has expired', () => {
    const config = { blobRetentionDays: 10, archiveAfterDays: 10 };
    expect(() => loadConfig('dev', {}, config)).toThrow('archiveAfterDays: is less than blobRetentionDays');
    expect(() => loadConfig('dev', {}, { archiveAfterDays: 90 })).toThrow('is at most 89');
    for (const stage of ['local', 'dev', 'prod', 'staging']) {
      const { archiveAfterDays, blobRetentionDays } = loadConfig(stage);
      expect(archiveAfterDays).toBeLessThan(blobRetentionDays);
    }
  });
});
