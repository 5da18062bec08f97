import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineManifest } from '../../lambdas/contracts/manifest.ts';
import type { System } from '../../lambdas/contracts/system.ts';
import { buildBundle } from '../../lib/bundling/build.ts';
import NoAjv from '../../lib/bundling/no-ajv.ts';
import { ConfigurationError, loadConfig } from '../../lib/config.ts';
import { grantsOfRole } from './support/policies.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const handy = (...tools: string[]) =>
  defineManifest({
    name: 'sample-handy',
    description: 'Uses tools',
    errorImpact: 'The tests of the infrastructure notice that something is missing.',
    uses: { tools },
    capabilities: { 'sample.do': { description: 'Does it', input: z.string(), output: z.string() } },
  });
const systemOf = (...tools: string[]): System => ({
  name: 'sample',
  agents: [handy(...tools)],
  workflows: [],
  channels: [],
});
const mcp = {
  weather: { url: 'https://mcp.example.com/mcp', secret: 'mcp/weather' },
  shop: { url: 'https://shop.example.com/mcp' },
};

function deployed(...tools: string[]) {
  const { system } = synthesize('prod', { system: systemOf(...tools), overrides: { mcp } });
  const grants = grantsOfRole(system, 'SampleHandyWorkerRole').map(
    ({ action, resource, condition }) => `${action} ${JSON.stringify(resource)} ${JSON.stringify(condition ?? null)}`,
  );
  const Environment = z.object({ Variables: z.record(z.string(), z.unknown()) });
  const [variables] = ofType(system, 'AWS::Lambda::Function').flatMap(([, { Environment: given }]) => {
    const found = Environment.safeParse(given);
    return found.data?.Variables.MUSTER_AGENT_NAME === 'sample-handy' ? [found.data.Variables] : [];
  });
  return { grants, variables };
}

describe('an agent that names tools', () => {
  test('may claim what it does outside for its own types of tasks, and no other', () => {
    const claims = deployed('pay').grants.filter((grant) => grant.includes('sample.do#*'));
    expect(claims.map((grant) => grant.split(' ')[0]).sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ]);
  });

  test('is told the MCP servers of its tools, and reads their tokens; of others it knows nothing', () => {
    const weather = deployed('weather__forecast', 'pay');
    expect(JSON.parse(String(weather.variables?.MUSTER_MCP_SERVERS))).toEqual({
      weather: { ...mcp.weather, private: false },
    });
    expect(weather.grants.filter((grant) => grant.includes('secretsmanager'))).toEqual([
      expect.stringContaining('secret:mcp/weather-??????'),
    ]);
    const shop = deployed('shop__order');
    expect(shop.grants.filter((grant) => grant.includes('secretsmanager'))).toEqual([]);
    expect(deployed('pay').variables).not.toHaveProperty('MUSTER_MCP_SERVERS');
    expect(weather.variables).not.toHaveProperty('MUSTER_LOOPBACK_TOOLS');
  });

  test('of a server that nobody has configured fails synth, by name', () => {
    expect(() => deployed('news__read')).toThrow(/agent sample-handy uses tool "news__read".*it has: weather, shop/);
  });
});

describe('the configuration of tools', () => {
  test.each([
    ['a token in the URL', { mcp: { a: { url: 'https://user:pass@a.example/mcp' } } }, /mcp.a.url: holds credentials/],
    ['http to another machine', { mcp: { a: { url: 'http://a.example/mcp' } } }, /mcp.a.url: is http: use https/],
    [
      'a token instead of the name of a secret',
      { mcp: { a: { url: 'https://a.example', secret: 'Bearer x' } } },
      /mcp.a.secret/,
    ],
    ['a server whose name would be that of a tool', { mcp: { a__b: { url: 'https://a.example' } } }, /kebab-case/],
    ['a way to the container itself', { tools: { loopback: true } }, /tools.loopback: is for tests/],
  ])('with %s is refused', (_, overrides, problem) => {
    expect(() => loadConfig('prod', {}, overrides)).toThrow(ConfigurationError);
    expect(() => loadConfig('prod', {}, overrides)).toThrow(problem);
  });
});

describe('bundles', () => {
  test('of agents with tools of an MCP server have the SDK without its compiler of schemas', () => {
    const { files, inputs } = buildBundle({ entry: 'lambdas/adapters/tools/mcp/mcp-server.ts' });
    expect(inputs.filter((input) => /node_modules\/(ajv|express|hono)/.test(input))).toEqual([]);
    expect(files[0]?.contents.length).toBeLessThan(250_000);
    expect(() => new NoAjv()).toThrow('hand the MCP client a validator');
  });

  test('of agents without tools have nothing of them', () => {
    const { inputs } = buildBundle({ entry: 'test/support/probe/agents/worker/handler.ts' });
    expect(
      inputs.filter((input) => /ipaddr|modelcontextprotocol|runtime\/tools\/|adapters\/tools\//.test(input)),
    ).toEqual([]);
    expect(readFileSync('lambdas/runtime/open-abilities.ts', 'utf8')).not.toMatch(/import (?!type).*tools\//);
  });
});
