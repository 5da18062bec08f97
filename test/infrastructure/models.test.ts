import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import * as z from 'zod';
import { defineManifest } from '../../lambdas/contracts/manifest.ts';
import type { System } from '../../lambdas/contracts/system.ts';
import { buildBundle } from '../../lib/bundling/build.ts';
import { inProject } from '../../lib/bundling/project.ts';
import { z as standIn } from '../../lib/bundling/zod-namespace.ts';
import { ConfigurationError, loadConfig } from '../../lib/config.ts';
import { grantsOfRole } from './support/policies.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const thinker = (...models: string[]) =>
  defineManifest({
    name: 'sample-thinker',
    description: 'Asks models',
    errorImpact: 'The tests of the infrastructure notice that something is missing.',
    uses: { models },
    capabilities: { 'sample.think': { description: 'Thinks', input: z.string(), output: z.string() } },
  });
const systemOf = (...models: string[]): System => ({
  name: 'sample',
  agents: [thinker(...models)],
  workflows: [],
  channels: [],
});

const FREE = { inputPerMillion: 0, outputPerMillion: 0 };
const models = {
  fast: { provider: 'bedrock', id: 'amazon.nova-lite-v1:0' },
  smart: {
    provider: 'bedrock',
    id: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
    regions: ['eu-central-1', 'eu-west-1'],
    fallback: 'fast',
    maxConcurrent: 5,
  },
  world: { provider: 'bedrock', id: 'global.anthropic.claude-haiku-4-5-20251001-v1:0', regions: ['us-east-1'] },
  own: {
    provider: 'openai-compatible',
    id: 'llama',
    baseUrl: 'https://models.example.com/v1',
    secret: 'models/key',
    price: FREE,
  },
  other: { provider: 'openai-compatible', id: 'qwen', baseUrl: 'https://models.example.com/v1', price: FREE },
};

/** What the agent's role may do with models, and with what all share. */
function granted(...named: string[]): string[] {
  const { system } = synthesize('prod', { system: systemOf(...named), overrides: { models } });
  return grantsOfRole(system, 'SampleThinkerWorkerRole')
    .filter(({ action }) => /^(bedrock|secretsmanager|dynamodb):/.test(action))
    .map(({ action, resource, condition }) => {
      const on = JSON.stringify(resource)
        .replaceAll(/\{"Ref":"AWS::(\w+)"\}|"Fn::Join":\["",|[[\]{}"]/g, '$1')
        .replaceAll(',', '');
      const keys = condition ? ` ${JSON.stringify(condition).match(/\[.*\]/)?.[0]}` : '';
      return `${action} ${on.slice(on.startsWith('arn') ? 0 : -60)}${keys}`;
    });
}

describe('an agent that names models', () => {
  test('may call exactly those in Bedrock, and what they fall back to', () => {
    const calls = granted('smart').filter((grant) => grant.startsWith('bedrock:'));
    const arn = (place: string) => `arn:Partition:bedrock:${place}`;
    const expected = [
      arn('Region:AccountId:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0'),
      arn('eu-central-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0'),
      arn('eu-west-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0'),
      arn('Region::foundation-model/amazon.nova-lite-v1:0'),
    ];
    const actions = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
    expect(calls.sort()).toEqual(
      actions.flatMap((action) => expected.map((resource) => `${action} ${resource}`)).sort(),
    );
  });

  test('may call a global profile wherever it goes', () => {
    expect(granted('world').filter((grant) => grant.startsWith('bedrock:InvokeModel '))).toEqual([
      'bedrock:InvokeModel arn:Partition:bedrock:Region:AccountId:inference-profile/global.anthropic.claude-haiku-4-5-20251001-v1:0',
      'bedrock:InvokeModel arn:Partition:bedrock:::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0',
      'bedrock:InvokeModel arn:Partition:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0',
    ]);
  });

  test('may read the keys of those models only, and nothing of Bedrock without a model of Bedrock', () => {
    const own = granted('own');
    expect(own.filter((grant) => grant.startsWith('bedrock:'))).toEqual([]);
    expect(own.filter((grant) => grant.startsWith('secretsmanager:'))).toEqual([
      expect.stringMatching(/^secretsmanager:GetSecretValue .*:secret:models\/key-\?{6}$/),
    ]);
    expect(granted('other', 'fast').filter((grant) => grant.startsWith('secretsmanager:'))).toEqual([]);
  });

  test('may take places of its pools and read its own cache, and no others', () => {
    const keysOf = (named: string) =>
      granted(named).flatMap((grant) => /dynamodb:(\w+) .*(\[.*\])$/.exec(grant)?.slice(1).join(' ') ?? []);
    expect(keysOf('smart')).toEqual(
      expect.arrayContaining([
        'Query ["LEASE#model/smart"]',
        'PutItem ["LEASE#model/smart"]',
        'DeleteItem ["LEASE#model/smart"]',
        'GetItem ["sample-thinker#cache"]',
      ]),
    );
    expect(keysOf('fast').filter((grant) => grant.includes('LEASE'))).toEqual([]);
  });

  test('is told what they are, as its code reads it', () => {
    const { system } = synthesize('prod', { system: systemOf('smart', 'own'), overrides: { models } });
    const [environment] = ofType(system, 'AWS::Lambda::Function').flatMap(([, { Environment }]) => {
      const found = z.object({ Variables: z.object({ MUSTER_AGENT_MODELS: z.string() }) }).safeParse(Environment);
      return found.success ? [JSON.parse(found.data.Variables.MUSTER_AGENT_MODELS)] : [];
    });
    expect(Object.keys(environment).sort()).toEqual(['fast', 'own', 'smart']);
    expect(environment.own).toMatchObject({ baseUrl: 'https://models.example.com/v1', secret: 'models/key' });
  });

  test('that the configuration does not have fails synth with its name', () => {
    expect(() => synthesize('dev', { system: systemOf('huge'), overrides: { models } })).toThrow(
      /agent sample-thinker uses model "huge", which the configuration does not have; it has: fast, smart/,
    );
    const off = { models, secretsManager: false };
    expect(() => synthesize('dev', { system: systemOf('own'), overrides: off })).toThrow(
      /needs its secret, and secretsManager is off/,
    );
  });

  test('that are too many for a Lambda fail synth, and not the deployment', () => {
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, nth) => [`model-${nth}`, models.other]));
    expect(() => synthesize('dev', { system: systemOf(...Object.keys(many)), overrides: { models: many } })).toThrow(
      /agent sample-thinker names so many models .* MUSTER_AGENT_MODELS has \d+ characters/,
    );
  });

  test('breaks no rule of cdk-nag', () => {
    const { app } = synthesize('prod', { system: systemOf(...Object.keys(models)), overrides: { models } });
    for (const pack of [new AwsSolutionsChecks(), new ServerlessChecks()])
      expect(pack.validateScope(app).violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });
});

describe('models in the configuration', () => {
  function problemsOf(given: unknown, environment: Record<string, string> = {}): string {
    try {
      loadConfig('dev', environment, { models: given });
    } catch (error) {
      if (error instanceof ConfigurationError) return error.message;
      throw error;
    }
    return '';
  }
  const url = 'https://models.example.com/v1';
  const own = { provider: 'openai-compatible', id: 'x', baseUrl: url, price: FREE };

  test.each<[string, unknown, string]>([
    ['a provider that there is not', { fast: { provider: 'magic', id: 'x' } }, 'models.fast.provider'],
    ['a name with capitals', { Fast: own }, "models.Fast: a model's name is"],
    [
      'no price that anybody knows',
      { fast: { provider: 'bedrock', id: 'acme.large-v9' } },
      'models.fast.price: is needed',
    ],
    ['no price of an own endpoint', { fast: { ...own, price: undefined } }, 'models.fast.price: is needed'],
    ['no base URL', { fast: { ...own, baseUrl: undefined } }, 'models.fast.baseUrl'],
    [
      'another kind of URL',
      { fast: { ...own, baseUrl: 'file:///etc/passwd' } },
      'models.fast.baseUrl: is an http(s) URL',
    ],
    [
      'a key in its URL',
      { fast: { ...own, baseUrl: 'https://me:hunter2@x.example/v1' } },
      'models.fast.baseUrl: holds credentials',
    ],
    [
      'a key in the clear',
      { fast: { ...own, baseUrl: 'http://x.example/v1', secret: 'k' } },
      'models.fast.baseUrl: is http',
    ],
    [
      'a key instead of its name',
      { fast: { ...own, secret: 'sk abc' } },
      'models.fast.secret: is the name of a secret',
    ],
    [
      'a fallback that there is not',
      { fast: { ...own, fallback: 'slow' } },
      'models.fast.fallback: there is no model "slow"',
    ],
    [
      'fallbacks in a circle',
      { a: { ...own, fallback: 'b' }, b: { ...own, fallback: 'a' } },
      'models.a.fallback: goes in a circle',
    ],
    [
      'a fallback of another kind',
      { a: { ...own, fallback: 'b' }, b: { ...own, kind: 'embedding' } },
      'models.a.fallback: "b" is for embedding',
    ],
    [
      'a profile without regions',
      { a: { provider: 'bedrock', id: 'eu.amazon.nova-lite-v1:0' } },
      'models.a.regions: is needed',
    ],
    [
      'regions without a profile',
      { a: { provider: 'bedrock', id: 'amazon.nova-lite-v1:0', regions: ['eu-west-1'] } },
      'models.a.regions: is for inference',
    ],
    [
      'a setting of another provider',
      { a: { provider: 'bedrock', id: 'amazon.nova-lite-v1:0', baseUrl: url } },
      'models.a: Unrecognized key: "baseUrl"',
    ],
    ['no places', { a: { ...own, maxConcurrent: 0 } }, 'models.a.maxConcurrent'],
  ])('with %s are refused by name', (_, given, problem) => {
    const problems = problemsOf(given);
    expect(problems).toContain(problem);
    expect(problems).not.toContain('hunter2');
  });

  test('may come from the environment, each as a whole', () => {
    const config = loadConfig('local', { MUSTER_MODELS: JSON.stringify({ fast: models.fast, own: models.own }) });
    expect(config.models.fast).toMatchObject({
      provider: 'bedrock',
      id: 'amazon.nova-lite-v1:0',
      maxOutputTokens: 1_024,
    });
    expect(config.models.own).toMatchObject({ provider: 'openai-compatible', structured: 'schema' });
    expect(() => loadConfig('dev', { MUSTER_MODELS: '{fast' })).toThrow(/models \(from MUSTER_MODELS\): is not JSON/);
  });

  test('of the local stage are the small real one', () => {
    expect(loadConfig('local').models.fast).toMatchObject({ id: 'smollm2-135m', price: FREE });
  });
});

describe('the bundle of an agent with models', () => {
  test('holds what the AI SDK uses of zod, and not all of it', () => {
    const names = new Set<string>();
    for (const name of ['openai-compatible', 'provider-utils', 'provider']) {
      const code = readFileSync(inProject(`node_modules/@ai-sdk/${name}/dist/index.js`), 'utf8');
      for (const [, alias] of code.matchAll(/import \{ z(?: as (z\d+))? \} from "zod\/v4"/g))
        for (const [, used = ''] of code.matchAll(new RegExp(`\\b${alias ?? 'z'}\\.(\\w+)`, 'g'))) names.add(used);
    }
    expect(names.size).toBeGreaterThan(5);
    expect([...names].filter((name) => !Object.hasOwn(standIn, name))).toEqual([]);
    const { files } = buildBundle({ entry: 'lambdas/adapters/models/openai-compatible.ts' });
    expect(files[0]?.contents.length).toBeLessThan(250_000);
  });

  test('can read streams of Bedrock, which other bundles have no code for', () => {
    const spares = (entry: string): boolean =>
      buildBundle({ entry }).files.some(({ contents }) =>
        Buffer.from(contents).includes('event streams are not in this bundle'),
      );
    expect(spares('lambdas/adapters/models/bedrock.ts')).toBe(false);
    expect(spares('test/support/probe/agents/worker/handler.ts')).toBe(true);
  });
});
