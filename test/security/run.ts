/*
 * `npm run test:attacks`: takes one defence away at a time and looks whether its test fails. With words behind it, only the
 * mutants whose id holds one of them. Its last line is `N passed, N failed`.
 */
import { availableParallelism } from 'node:os';
import { forwardSignals, isInterrupted } from '../scripts/child.ts';
import { type Hunted, hunt, unsound } from './hunt.ts';
import { ATTACK_MUTANTS } from './mutants.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const words = process.argv.slice(2);
const wanted = ATTACK_MUTANTS.filter(({ id }) => words.length === 0 || words.some((word) => id.includes(word)));
if (wanted.length === 0) {
  say(`no mutant is called like ${words.join(', ')}; there are: ${ATTACK_MUTANTS.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}

forwardSignals();
const bad = await unsound(wanted);
for (const name of bad) say(`does not pass by itself: ${name}`);

const queue = [...wanted];
const hunted: Hunted[] = [];
async function work(): Promise<void> {
  for (let next = queue.shift(); next && !isInterrupted(); next = queue.shift()) {
    const found = await hunt(next);
    hunted.push(found);
    say(`${found.outcome.padEnd(7)} #${String(next.attack).padEnd(2)} ${next.id}: ${found.what}`);
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));

const caught = hunted.filter(({ outcome }) => outcome === 'caught').length;
const failed = wanted.length - caught + bad.length;
process.stdout.write(`${caught} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
