import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { runChild } from '../scripts/child.ts';
import type { AttackMutant } from './attack-mutant.ts';
import { PLANTED } from './planting.ts';

export interface Hunted {
  readonly mutant: AttackMutant;
  /** `missed`: the test passes without the defence. `broken`: there was no such test, or it could not run at all. */
  readonly outcome: 'caught' | 'missed' | 'broken';
  /** What the test said, or why it could not run. */
  readonly what: string;
}

const Report = z.object({
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
});
type Result = z.infer<typeof Report>['testResults'][number]['assertionResults'][number];

const MINUTES = 4;

/** Takes the defence away, in the memory of one run of jest, and looks whether its test fails. */
export async function hunt(mutant: AttackMutant): Promise<Hunted> {
  const { results, trouble } = await runTests(mutant.test.file, mutant.test.name, mutant);
  const [failed] = results.filter(({ status }) => status === 'failed');
  const passed = results.filter(({ status }) => status === 'passed');
  if (failed) return { mutant, outcome: 'caught', what: firstLine(failed.failureMessages.join('\n')) };
  if (passed.length > 0) return { mutant, outcome: 'missed', what: `"${passed[0]?.fullName}" passes all the same` };
  return { mutant, outcome: 'broken', what: trouble || `${mutant.test.file} has no test "${mutant.test.name}"` };
}

/** Names of tests that do not pass even with every defence in place: none of their failures would say anything. */
export async function unsound(mutants: readonly AttackMutant[]): Promise<string[]> {
  const names = Map.groupBy(mutants, ({ test }) => test.file);
  const found: string[] = [];
  for (const [file, some] of names) {
    const wanted = [...new Set(some.map(({ test }) => test.name))];
    const { results, trouble } = await runTests(file, wanted);
    for (const name of wanted) {
      const own = results.filter(({ fullName, status }) => fullName.includes(name) && status !== 'pending');
      const sound = own.length > 0 && own.every(({ status }) => status === 'passed');
      if (!sound) found.push(`${file}: "${name}" ${own.length === 0 ? `is not there ${trouble}` : 'fails'}`);
    }
  }
  return found;
}

async function runTests(file: string, names: string | readonly string[], planted?: AttackMutant) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-attack-'));
  const report = join(folder, 'report.json');
  try {
    const ended = await runChild(
      process.execPath,
      [
        ...['node_modules/jest/bin/jest.js', '--config', configWith(planted), '--json', `--outputFile=${report}`],
        ...['--testNamePattern', [names].flat().map(escaped).join('|'), '--runTestsByPath', resolve(file)],
      ],
      {
        timeoutMs: MINUTES * 60_000,
        quiet: true,
        env: {
          NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
          ...(planted && { [PLANTED]: JSON.stringify(planted) }),
        },
      },
    );
    if (!existsSync(report)) return { results: [], trouble: `jest left no report: ${ended.reason}\n${ended.output}` };
    const { testResults } = Report.parse(JSON.parse(readFileSync(report, 'utf8')));
    const results: Result[] = testResults.flatMap(({ assertionResults }) => assertionResults);
    return { results, trouble: firstLine(testResults.map(({ message }) => message).join('\n')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The configuration of unit tests; with something planted, by the transform that plants. */
function configWith(planted: AttackMutant | undefined): string {
  const config = JSON.parse(readFileSync('jest.config.json', 'utf8')) as { transform: Record<string, unknown> };
  const transform = Object.entries(config.transform).map(([pattern, by]) => [
    pattern,
    planted && Array.isArray(by) ? ['<rootDir>/test/security/planting-transform.ts', ...by.slice(1)] : by,
  ]);
  return JSON.stringify({ ...config, rootDir: resolve('.'), transform: Object.fromEntries(transform) });
}

const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** The first line that says something, without colours. */
function firstLine(text: string): string {
  const lines = text.replaceAll(COLOURS, '').split('\n');
  return (lines.find((line) => /\S/.test(line) && !/^\s*●/.test(line)) ?? '').trim().slice(0, 160);
}
