import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, loadConfig } from '../../lib/config.ts';
import { VARIABLE_OF } from '../../lib/environment-variables.ts';
import { greedy, modest, SAMPLE } from './support/sample-system.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const guide = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

function problemsOf(environment: Record<string, string>, overrides: unknown = {}): string {
  try {
    loadConfig('dev', environment, overrides);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return '';
}

describe('a bad value fails by name', () => {
  test.each([
    [{ AGENT_ETL_LOG_LEVEL: 'chatty' }, 'logs.level (from AGENT_ETL_LOG_LEVEL)'],
    [{ AGENT_ETL_MAX_WORKERS: '1' }, 'agents.maxWorkers (from AGENT_ETL_MAX_WORKERS): is at least 2'],
    [{ AGENT_ETL_MAX_WORKERS: 'four' }, 'agents.maxWorkers (from AGENT_ETL_MAX_WORKERS): "four" is not a whole number'],
    [{ AGENT_ETL_MEMORY_LIMIT: '64MB' }, 'agents.memoryLimitMb (from AGENT_ETL_MEMORY_LIMIT): is at least 128 MB'],
    [{ AGENT_ETL_MEMORY_LIMIT: 'lots' }, '"lots" is not a size such as "512MB"'],
    [{ CONNECTION_POOL_SIZE: '0' }, 'database.poolSize (from CONNECTION_POOL_SIZE)'],
    [{ CONNECTION_TIMEOUT: '-1' }, 'database.connectionTimeoutSeconds (from CONNECTION_TIMEOUT)'],
    [{ AWS_REGION: 'the moon' }, 'region (from AWS_REGION): is an AWS region'],
    [
      { AWS_SECRETS_MANAGER_ENABLED: 'perhaps' },
      'secretsManager (from AWS_SECRETS_MANAGER_ENABLED): "perhaps" is neither true nor false',
    ],
    [{ MONITORING_ENABLED: '2' }, 'monitoring.enabled (from MONITORING_ENABLED)'],
    [{ MUSTER_ETL_WEATHER_URL: 'ftp://x' }, 'etl.weatherUrl (from MUSTER_ETL_WEATHER_URL): is an http(s) URL'],
  ])('%j', (environment, problem) => {
    expect(problemsOf(environment)).toContain(problem);
  });

  test('several at once are all named', () => {
    const problems = problemsOf({ AGENT_ETL_MAX_WORKERS: '1', CONNECTION_POOL_SIZE: '0' });
    expect(problems).toContain('agents.maxWorkers');
    expect(problems).toContain('database.poolSize');
  });

  test('an unknown setting is named, and so is an override that is no object', () => {
    expect(problemsOf({}, { etl: { wether: 1 } })).toContain('etl: Unrecognized key: "wether"');
    expect(problemsOf({}, '{"etl"')).toContain('config: is a JSON object');
  });

  test('a stage with an impossible name fails as "stage"', () => {
    expect(() => loadConfig('My Stage')).toThrow(/stage: is 1-20 of/);
  });
});

test('a database URL is refused without being shown', () => {
  const problems = problemsOf({ DATABASE_URL: 'postgresql://user:hunter2@host/db' });
  expect(problems).toContain('etl.sourceDatabaseSecret (from DATABASE_URL): is a URL');
  expect(problems).not.toContain('hunter2');
});

test("the documents' variables set what the guide says", () => {
  const config = loadConfig('dev', {
    AGENT_ETL_LOG_LEVEL: 'WARNING',
    AGENT_ETL_MAX_WORKERS: '4',
    AGENT_ETL_MEMORY_LIMIT: '1GB',
    DATABASE_URL: 'reporting/source',
    CONNECTION_POOL_SIZE: '5',
    CONNECTION_TIMEOUT: '30',
    AWS_REGION: 'us-west-2',
    AWS_SECRETS_MANAGER_ENABLED: 'true',
    MONITORING_ENABLED: 'false',
    WEBSOCKET_PORT: '8765',
  });
  expect(config).toMatchObject({
    logs: { level: 'warn' },
    agents: { maxWorkers: 4, memoryLimitMb: 1_024 },
    etl: { sourceDatabaseSecret: 'reporting/source' },
    database: { poolSize: 5, connectionTimeoutSeconds: 30 },
    region: 'us-west-2',
    secretsManager: true,
    monitoring: { enabled: false },
  });
});

test('the guide has a line for every variable', () => {
  const cli = ['CDK_DEFAULT_ACCOUNT', 'CDK_DEFAULT_REGION'];
  for (const [path, variable] of Object.entries(VARIABLE_OF))
    if (!cli.includes(variable)) expect(guide).toContain(`| \`${variable}\` | \`${path}\` |`);
  expect(guide).toContain('| `WEBSOCKET_PORT` |');
});

test('the command line has the last word', () => {
  expect(loadConfig('dev', { AGENT_ETL_MAX_WORKERS: '4' }, { agents: { maxWorkers: 9 } }).agents.maxWorkers).toBe(9);
});

test("the local stage keeps to the emulator's account and region whatever the shell says", () => {
  const { account, region } = loadConfig('local', { AWS_REGION: 'eu-west-1', CDK_DEFAULT_ACCOUNT: '111122223333' });
  expect([account, region]).toEqual(['000000000000', 'us-east-1']);
});

test('a stage that nobody described keeps its data as production does', () => {
  expect(loadConfig('staging')).toMatchObject({ removal: 'retain', pointInTimeRecovery: true });
});

test('bounds hold for every agent, and a manifest within them stays as it is', () => {
  const { system } = synthesize('dev', {
    environment: { AGENT_ETL_MEMORY_LIMIT: '512MB', AGENT_ETL_MAX_WORKERS: '8' },
  });
  const memory = (agent: string) =>
    ofType(system, 'AWS::Lambda::Function').find(([id]) => id.startsWith(agent))?.[1].MemorySize;
  expect([memory('SampleGreedy'), memory('SampleModest')]).toEqual([512, modest.memoryMb]);
  const lanes = ofType(system, 'AWS::Lambda::EventSourceMapping').filter(([id]) => /Source/.test(id));
  expect(lanes.map(([, { ScalingConfig }]) => ScalingConfig)).toEqual(
    [greedy, greedy, modest, modest].map(({ concurrency }) => ({ MaximumConcurrency: Math.min(concurrency, 8) })),
  );
});

test.each([
  ['secrets', 'nobody-knows', 'agent sample-greedy reaches secret "nobody-knows"'],
  ['settings', 'nobody-knows', 'agent sample-greedy reaches setting "nobody-knows"'],
])('a manifest that reaches %s nobody knows fails by name', (kind, name, message) => {
  const reaches = { ...greedy.reaches, [kind]: [name] };
  const system = { ...SAMPLE, agents: [{ ...greedy, reaches }] };
  expect(() => synthesize('dev', { system })).toThrow(message);
});
