import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';

/** File → what it imports, and the rule that refuses it; no rule: the import is allowed. */
const IMPORTS: ReadonlyArray<{ file: string; to: string; rule?: string; as?: 'type' }> = [
  { file: 'lambdas/contracts/to-workflow.ts', to: 'lambdas/workflow/decide.ts', rule: 'room-contracts' },
  { file: 'lambdas/contracts/to-node.ts', to: 'node:fs', rule: 'contracts-zod-only' },
  { file: 'lambdas/workflow/to-runtime.ts', to: 'lambdas/runtime/ports.ts', rule: 'room-workflow', as: 'type' },
  { file: 'lambdas/workflow/to-node.ts', to: 'node:http', rule: 'workflow-is-pure' },
  { file: 'lambdas/runtime/to-workflow.ts', to: 'lambdas/workflow/decide.ts', rule: 'room-runtime', as: 'type' },
  { file: 'lambdas/adapters/to-platform.ts', to: 'lambdas/platform/intake/intake.ts', rule: 'room-adapters' },
  { file: 'lambdas/platform/intake/to-system.ts', to: 'lambdas/systems/etl/system.ts', rule: 'room-platform' },
  {
    file: 'lambdas/platform/intake/to-adapter.ts',
    to: 'lambdas/adapters/queues.ts',
    rule: 'adapters-only-in-handlers',
  },
  { file: 'lambdas/platform/intake/to-sdk.ts', to: '@aws-sdk/client-sqs', rule: 'aws-sdk-in-adapters' },
  {
    file: 'lambdas/platform/timers/to-intake.ts',
    to: 'lambdas/platform/intake/intake.ts',
    rule: 'platform-lambdas-stand-alone',
  },
  {
    file: 'lambdas/definitions/to-workflow.ts',
    to: 'lambdas/workflow/decide.ts',
    rule: 'room-definitions',
    as: 'type',
  },
  {
    file: 'lambdas/runtime/to-definitions.ts',
    to: 'lambdas/definitions/define-workflow.ts',
    rule: 'room-runtime',
    as: 'type',
  },
  { file: 'lambdas/testing/to-system.ts', to: 'lambdas/systems/etl/system.ts', rule: 'room-testing' },
  { file: 'lambdas/testing/to-cloud.ts', to: 'lambdas/adapters/aws/clients.ts', rule: 'testing-needs-no-cloud' },
  { file: 'lambdas/platform/intake/to-testing.ts', to: 'lambdas/testing/test-fleet.ts', rule: 'room-platform' },
  { file: 'lambdas/systems/etl/to-testing.ts', to: 'lambdas/testing/test-fleet.ts', rule: 'room-systems' },
  { file: 'lambdas/systems/etl/to-platform.ts', to: 'lambdas/platform/intake/intake.ts', rule: 'room-systems' },
  { file: 'lambdas/systems/etl/to-other.ts', to: 'lambdas/systems/memory/system.ts', rule: 'systems-stand-alone' },
  {
    file: 'lambdas/systems/etl/agents/loader/agent.ts',
    to: 'lambdas/adapters/queues.ts',
    rule: 'agents-reach-the-world-through-ctx',
  },
  { file: 'lib/to-agent.ts', to: 'lambdas/systems/etl/agents/extractor/agent.ts', rule: 'lib-reads-data-only' },
  {
    file: 'bin/to-handler.ts',
    to: 'lambdas/systems/etl/agents/extractor/handler.ts',
    rule: 'handlers-are-entry-points',
  },
  { file: 'lambdas/runtime/to-lib.ts', to: 'lib/config.ts', rule: 'lambdas-import-no-outside' },
  { file: 'lib/to-test.ts', to: 'test/support/factories.ts', rule: 'tests-are-not-imported' },
  { file: 'lambdas/runtime/to-nowhere.ts', to: 'lambdas/runtime/nowhere.ts', rule: 'resolvable' },
  { file: 'lambdas/runtime/ring-a.ts', to: 'lambdas/runtime/ring-b.ts', rule: 'no-cycles', as: 'type' },
  { file: 'lambdas/runtime/ring-b.ts', to: 'lambdas/runtime/ring-a.ts' },
  { file: 'lambdas/systems/etl/agents/extractor/handler.ts', to: 'lambdas/adapters/queues.ts' },
  { file: 'lambdas/systems/etl/agents/extractor/agent.ts', to: 'lambdas/runtime/ports.ts' },
  { file: 'lambdas/platform/intake/handler.ts', to: 'lambdas/adapters/queues.ts' },
  { file: 'lambdas/adapters/queues.ts', to: 'lambdas/workflow/decide.ts' },
  { file: 'lambdas/runtime/ports.ts', to: 'lambdas/contracts/names.ts', as: 'type' },
  { file: 'lambdas/workflow/decide.ts', to: 'lambdas/contracts/names.ts' },
  { file: 'lambdas/platform/intake/intake.ts', to: 'lambdas/workflow/decide.ts' },
  { file: 'lambdas/definitions/define-workflow.ts', to: 'lambdas/contracts/names.ts' },
  { file: 'lambdas/systems/etl/workflows/mart.ts', to: 'lambdas/definitions/define-workflow.ts' },
  { file: 'lambdas/testing/test-fleet.ts', to: 'lambdas/platform/intake/intake.ts' },
  { file: 'lambdas/testing/memory.ts', to: 'lambdas/adapters/queues.ts' },
  { file: 'lambdas/adapters/aws/clients.ts', to: 'lambdas/contracts/names.ts' },
  { file: 'lambdas/systems/etl/system.ts', to: 'lambdas/contracts/names.ts' },
  { file: 'lambdas/systems/memory/system.ts', to: 'lambdas/contracts/names.ts' },
  { file: 'lib/config.ts', to: 'lambdas/systems/etl/system.ts' },
];

const Report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

let folder = '';
let violations: z.infer<typeof Report>['summary']['violations'] = [];

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-arrows-'));
  write('lambdas/contracts/names.ts', 'export const it = 1;');
  write('lambdas/contracts/left-over.ts', 'export const it = 1;');
  write('test/support/factories.ts', 'export const it = 1;');
  for (const { file, to, as } of IMPORTS) {
    const target = /\.ts$/.test(to) ? `${'../'.repeat(file.split('/').length - 1)}${to}` : to;
    write(file, as === 'type' ? `export type { it } from '${target}';` : `export { it } from '${target}';`);
  }
  const cruise = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [
    cruise,
    '--config',
    resolve('.dependency-cruiser.cjs'),
    '--output-type',
    'json',
    'bin',
    'lib',
    'lambdas',
    'test',
  ];
  const run = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  violations = Report.parse(JSON.parse(run.stdout)).summary.violations;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rulesOf = (file: string) => violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);

describe('the arrows between rooms', () => {
  test.each(IMPORTS.filter(({ rule }) => rule))('$file may not import $to ($rule)', ({ file, rule }) => {
    expect(rulesOf(file)).toContain(rule);
  });

  test.each(IMPORTS.filter(({ rule }) => !rule))('$file may import $to', ({ file }) => {
    expect(rulesOf(file)).toEqual([]);
  });

  test('a file that nothing imports and that imports nothing is refused', () => {
    expect(rulesOf('lambdas/contracts/left-over.ts')).toEqual(['no-orphans']);
  });
});
