/*
 * Runs the tests tier after tier, where one mostly waits the one before it beside it: `npm test`, or `npm run test:unit -- --testNamePattern retry` for one of them.
 * Its last line is `N passed, N failed`, alone; it exits with 1 when anything failed.
 */
import { forwardSignals, isInterrupted } from './scripts/child.ts';
import { hasTests, isTier, runTier, TIERS, type TierName, type TierResult } from './scripts/tiers.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const [only, ...jestArgs] = process.argv.slice(2);
if (only !== undefined && !isTier(only)) {
  say(`there are no ${only} tests; tiers: ${Object.keys(TIERS).join(', ')}`);
  process.exit(2);
}
const tiers: TierName[] = only
  ? [only]
  : Object.keys(TIERS)
      .filter(isTier)
      .filter((name) => !TIERS[name].apart);

interface Ended {
  readonly tier: TierName;
  readonly seconds: number;
  /** Undefined when it has no tests. */
  readonly result: TierResult | undefined;
}

async function run(tier: TierName, number: number): Promise<Ended> {
  if (!hasTests(tier)) return { tier, seconds: 0, result: undefined };
  const isBeside = number < tiers.length && TIERS[tier].beside === true;
  const beside = isBeside ? ', beside the next' : '';
  say(`\n[${number}/${tiers.length}] ${tier} tests${beside}, at most ${TIERS[tier].minutes} minutes`);
  const started = performance.now();
  const result = await runTier(tier, jestArgs, { lowPriority: isBeside });
  return { tier, seconds: (performance.now() - started) / 1_000, result };
}

forwardSignals();
const running: Array<Promise<Ended>> = [];
for (const [index, tier] of tiers.entries()) {
  if (isInterrupted()) break;
  const ended = run(tier, index + 1);
  running.push(ended);
  if (!TIERS[tier].beside) await ended;
}
const results = await Promise.all(running);

say('');
let passed = 0;
let failed = 0;
for (const { tier, seconds, result } of results) {
  if (!result) {
    say(`${tier.padEnd(15)} skipped: it has no tests yet`);
    continue;
  }
  passed += result.passed;
  failed += result.failed;
  const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : '';
  const note = result.note ? ` (${result.note})` : '';
  say(`${tier.padEnd(15)} ${result.passed} ok, ${result.failed} bad${skipped} in ${seconds.toFixed(1)} s${note}`);
}
if (isInterrupted()) {
  say('interrupted');
  failed = Math.max(failed, 1);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
