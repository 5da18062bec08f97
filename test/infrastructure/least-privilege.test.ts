import { describe, expect, test } from '@jest/globals';
import type { System } from '../../lambdas/contracts/system.ts';
import { SYSTEMS } from '../../lambdas/systems/systems.ts';
import { PROBE_MODELS } from '../support/probe/probe-models.ts';
import { PROBE_MCP } from '../support/probe/probe-tools.ts';
import { PROBE_WITH_PEERS } from '../support/probe/system.ts';
import { systemNeeds } from './least-privilege/agent-needs.ts';
import { ASKS_FOR_ALL, FOR_ALL } from './least-privilege/asks-for-all.ts';
import { differences, type Needs, together } from './least-privilege/compare.ts';
import { plantedIn } from './least-privilege/plant.ts';
import { platformNeeds } from './least-privilege/platform-needs.ts';
import { rightsReader } from './least-privilege/rights.ts';
import { SAMPLE } from './support/sample-system.ts';
import { type DeploymentOptions, templatesOf } from './support/templates.ts';

/** The product's systems, and the tests' own, which ask for everything that a manifest can ask for. */
const ALL: readonly System[] = [...SYSTEMS, PROBE_WITH_PEERS, SAMPLE, ASKS_FOR_ALL];
const settings = { models: { ...PROBE_MODELS, ...FOR_ALL.models }, mcp: { ...PROBE_MCP, ...FOR_ALL.mcp } };
const DATABASES = { DATABASE_URL: 'reporting/source', MUSTER_ETL_TARGET_SECRET: 'reporting/target' };
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const PROVIDER = {
  ...{ mode: 'oidc', issuer: 'https://id.example.com', audience: 'muster' },
  jwksUri: 'https://id.example.com/keys',
};
const ENCRYPTED = { messages: { encrypt: true, encryptFor: ['acme'] } };

/** The fullest, into which changes are planted. */
const FULL: readonly [stage: string, options: DeploymentOptions] = [
  'prod',
  { systems: ALL, overrides: { ...settings, ...ENCRYPTED }, environment: DATABASES },
];
const DEPLOYMENTS: ReadonlyArray<readonly [name: string, stage: string, options: DeploymentOptions]> = [
  ['every system, in production', ...FULL],
  [
    'the product alone',
    'prod',
    { systems: SYSTEMS, overrides: { messages: { encrypt: true } }, environment: DATABASES },
  ],
  [
    'with a key and an identity provider of its own',
    'prod',
    {
      systems: ALL,
      overrides: { ...settings, kmsKeyArn: KEY, identity: PROVIDER, messages: { kmsKeyArn: KEY } },
    },
  ],
  ['where everything goes with its stack', 'dev', { systems: ALL, overrides: { ...settings, ...ENCRYPTED } }],
  [
    'without Secrets Manager',
    'dev',
    {
      systems: SYSTEMS,
      overrides: { messages: { encrypt: true } },
      environment: { AWS_SECRETS_MANAGER_ENABLED: 'false' },
    },
  ],
  ['on the local cloud', 'local', { systems: ALL, overrides: { ...settings, ...ENCRYPTED } }],
];

function needsOf({ systems }: DeploymentOptions, config: ReturnType<typeof templatesOf>['config']): Needs {
  return together(platformNeeds(config), ...systems.map((system) => systemNeeds(system, config)));
}

describe.each(DEPLOYMENTS)('what roles may do: %s', (_, stage, options) => {
  test('is what manifests and the table of needs say, and nothing more or less', () => {
    const { config, templates } = templatesOf(stage, options);
    const rights = rightsReader(templates, config)(templates);
    expect(rights.size).toBeGreaterThan(40);
    expect(differences(rights, needsOf(options, config))).toEqual([]);
  });
});

describe('one thing more or less', () => {
  const [stage, options] = FULL;
  const { config, templates } = templatesOf(stage, options);
  const needs = needsOf(options, config);
  const rightsIn = rightsReader(templates, config);

  test('in any policy is found', () => {
    expect(differences(rightsIn(templates), needs)).toEqual([]);
    const overlooked: string[] = [];
    let planted = 0;
    for (const { what, templates: changed } of plantedIn(templates)) {
      planted += 1;
      if (!isFound(() => differences(rightsIn(changed), needs))) overlooked.push(what);
    }
    expect(planted).toBeGreaterThan(5_000);
    expect(overlooked).toEqual([]);
  }, 180_000);

  test('in a manifest is found', () => {
    const [etl, ...others] = options.systems;
    const [first, ...agents] = etl?.agents ?? [];
    if (!etl || !first) throw new Error('the product has no system');
    const says = (agent: typeof first): Needs =>
      needsOf({ ...options, systems: [{ ...etl, agents: [agent, ...agents] }, ...others] }, config);
    const rights = rightsIn(templates);
    expect(differences(rights, says(first))).toEqual([]);
    const wrong = [
      { ...first, effects: 'outside' as const },
      { ...first, uses: { ...first.uses, steps: true } },
      { ...first, uses: { ...first.uses, memory: { own: 'read' as const } } },
      { ...first, reaches: { ...first.reaches, buckets: {} } },
      { ...first, channels: { ...first.channels, subscribes: ['channel.other'] } },
      { ...first, name: 'etl-other' },
    ];
    for (const agent of wrong) expect(differences(rights, says(agent))).not.toEqual([]);
  });
});

/** What is not understood is found as well: it throws. */
function isFound(compare: () => readonly string[]): boolean {
  try {
    return compare().length > 0;
  } catch {
    return true;
  }
}
