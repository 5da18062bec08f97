/*
 * `npm run check`: everything that can be said about the project without running it. Says what each step found, goes on
 * after a failure, and exits with 1 when there was one. `npm run check -- types arrows` runs only these steps.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardSignals, isInterrupted, runChild } from './scripts/child.ts';

const STAGES = ['local', 'dev', 'prod'];
const assembly = mkdtempSync(join(tmpdir(), 'muster-check-'));

/** Each step: what it is for, and its command (a file, from node_modules, run with this Node). */
const STEPS: ReadonlyArray<{ name: string; what: string; command: readonly string[]; env?: NodeJS.ProcessEnv }> = [
  {
    name: 'style',
    what: 'format and lint',
    command: ['@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '--colors=off'],
  },
  { name: 'types', what: 'types', command: ['typescript/bin/tsc', '-p', '.'] },
  {
    name: 'arrows',
    what: 'which way imports point',
    command: ['dependency-cruiser/bin/dependency-cruise.mjs', 'bin', 'client', 'lib', 'lambdas', 'test', 'bench'],
  },
  { name: 'unused', what: 'dead code and dependencies', command: ['knip/bin/knip.js'] },
  { name: 'supply', what: 'pins, licences and the bill of materials', command: ['../test/supply-chain/run.ts'] },
  ...STAGES.map((stage) => ({
    name: `synth-${stage}`,
    what: `templates of stage ${stage}, cdk-nag included`,
    command: [
      ...['aws-cdk/bin/cdk', 'synth', '--quiet', '--strict', '--no-notices'],
      ...['--context', `stage=${stage}`, '--output', join(assembly, stage)],
    ],
    env: { CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true' },
  })),
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name.startsWith(name)));
if (unknown.length > 0) {
  process.stderr.write(`there is no step ${unknown.join(', ')}; steps: ${STEPS.map((step) => step.name).join(', ')}\n`);
  process.exit(2);
}

forwardSignals();
let failures = 0;
for (const step of STEPS) {
  if (isInterrupted()) break;
  if (wanted.length > 0 && !wanted.some((name) => step.name.startsWith(name))) continue;
  process.stderr.write(`${step.what} … `);
  const started = performance.now();
  const [file = '', ...args] = step.command;
  const result = await runChild(process.execPath, [join('node_modules', file), ...args], {
    timeoutMs: 10 * 60_000,
    quiet: true,
    env: { NO_COLOR: '1', FORCE_COLOR: '0', ...step.env },
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  if (result.ok) {
    process.stderr.write(`ok (${seconds} s)\n`);
    continue;
  }
  failures += 1;
  process.stderr.write(`FAILED after ${seconds} s: ${result.reason}\n${result.output.trimEnd()}\n\n`);
}
rmSync(assembly, { recursive: true, force: true });
process.stdout.write(failures === 0 && !isInterrupted() ? 'check: all is well\n' : `check: ${failures} steps failed\n`);
process.exitCode = failures > 0 || isInterrupted() ? 1 : 0;
