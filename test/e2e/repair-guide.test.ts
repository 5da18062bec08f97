import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../bin/local/home.ts';
import { differenceOf, Names, stepsOf, wordsOf } from '../support/guide/console-session.ts';
import { type CliResult, runCli } from '../support/local-cloud/run-cli.ts';

const GUIDE = 'docs/guides/repair.md';
/** Other tests make agents ill before this one, which then says so of each choice. */
const ILL = '; unhealthy, but no healthy one is left';

/** `npx muster …` and `cat …`: nothing else is needed to repair a run. */
async function execute(command: string): Promise<CliResult> {
  const [program, first = '', ...args] = wordsOf(command);
  if (program === 'cat') return { code: 0, stdout: readFileSync(join(PROJECT, first), 'utf8'), stderr: '' };
  if (program === 'npx' && first === 'muster') return runCli(args);
  throw new Error(`a guide can't run "${command}"`);
}

test('The session of the repair guide goes as the guide shows it', async () => {
  const steps = stepsOf(readFileSync(join(PROJECT, GUIDE), 'utf8'));
  expect(steps.length).toBeGreaterThan(10);
  const names = new Names();
  const transcript = process.env.MUSTER_TEST_TRANSCRIPT;
  for (const { command, exitCode, shown } of steps) {
    const given = names.inCommand(command);
    const { code, stdout, stderr } = await execute(given);
    const output = (stdout + stderr).replaceAll(ILL, '');
    // For whoever writes the guide: what it says now.
    if (transcript) appendFileSync(transcript, `$ ${given}  # exits with ${code}\n${output}\n`);
    const difference = code === exitCode ? differenceOf(shown, output, names) : `it exits with ${code}`;
    if (difference) throw new Error(`$ ${given}\n${difference}\n\nall of it:\n${output}`);
  }
});
