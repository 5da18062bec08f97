import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { runChild } from './child.ts';

interface Tier {
  readonly config: string;
  readonly minutes: number;
  /** Folders and files; default: the folder of the tier's name. */
  readonly tests?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Not part of `npm test`. */
  readonly apart?: true;
  /** It runs beside the next one, at low priority: that one mostly waits. */
  readonly beside?: true;
}

/** A kind of tests: what it may need decides what runs it. From the quick ones to the slow ones. */
const ALL_TIERS = {
  /** Pure code and fakes. */
  unit: { config: 'jest.config.json', minutes: 10 },
  /** The synthesized templates. */
  infrastructure: { config: 'jest.config.json', minutes: 5 },
  /** The engine over in-memory ports: crashes, races, duplicates. */
  simulation: { config: 'jest.config.json', minutes: 50, beside: true },
  /** The deployed platform on the local cloud. */
  e2e: { config: 'jest.e2e.json', minutes: 25 },
  /** What roles may do, and the end-to-end tests once more, on a local cloud that enforces IAM. */
  iam: {
    config: 'jest.e2e.json',
    minutes: 40,
    tests: ['test/iam/', 'test/e2e/'],
    env: { MUSTER_EMULATOR_IAM: 'true' },
    apart: true,
  },
  /** Random runs on the local cloud while its Lambdas are killed: `npm run soak`. */
  soak: { config: 'jest.e2e.json', minutes: 40, apart: true },
} as const satisfies Record<string, Tier>;
export type TierName = keyof typeof ALL_TIERS;
export const TIERS: Readonly<Record<TierName, Tier>> = ALL_TIERS;

export const isTier = (name: string): name is TierName => name in TIERS;

export interface TierResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What went wrong beside single tests. */
  readonly note?: string;
}

/** The part of jest's JSON report that counts. */
const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/** Counts a report: a file that could not run counts as one failure beside its tests. */
export function countReport(report: unknown, ended: { ok: boolean; reason: string }): TierResult {
  const parsed = Report.safeParse(report);
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0, note: `jest left no report: ${ended.reason}` };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = parsed.data;
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = numFailedTests + broken;
  const skipped = numPendingTests + numTodoTests;
  if (!ended.ok && failed === 0)
    return { passed: numPassedTests, failed: 1, skipped, note: `jest itself failed: ${ended.reason}` };
  return { passed: numPassedTests, failed, skipped, ...(broken > 0 && { note: `${broken} files could not run` }) };
}

/** Whether the tier has tests at all. */
export const hasTests = (tier: TierName): boolean => globSync(`test/${tier}/**/*.test.ts`).length > 0;

export interface TierOptions {
  /** Minutes; default: the tier's. */
  readonly atMost?: number;
  readonly lowPriority?: boolean;
}

/** Runs one tier with jest, whose own lines per file are the progress. */
export async function runTier(
  tier: TierName,
  jestArgs: readonly string[],
  { atMost, lowPriority = false }: TierOptions = {},
): Promise<TierResult> {
  const { config, minutes, tests = [`test/${tier}/`], env } = TIERS[tier];
  const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
  const file = join(folder, 'report.json');
  try {
    const args = ['node_modules/jest/bin/jest.js', '--config', config, '--json', `--outputFile=${file}`];
    const ended = await runChild(process.execPath, [...args, ...jestArgs, '--', ...tests], {
      timeoutMs: (atMost ?? minutes) * 60_000,
      lowPriority,
      env: { ...env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
    });
    return countReport(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined, ended);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
