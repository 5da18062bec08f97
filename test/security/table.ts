/*
 * `node test/security/table.ts` writes the table of docs/security.md anew: each attack, what stops it, and the test that fails
 * when that is taken away.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ATTACKS } from './attacks.ts';
import { ATTACK_MUTANTS } from './mutants.ts';

const PAGE = 'docs/security.md';
const [BEGIN, END] = ['<!-- attacks -->', '<!-- /attacks -->'];

const cell = (text: string): string => text.replaceAll('|', '\\|');

function attackTable(): string {
  const rows = Object.entries(ATTACKS).map(([number, { attack, outcome }]) => {
    const own = ATTACK_MUTANTS.filter((mutant) => mutant.attack === Number(number));
    const files = new Set(own.map(({ test }) => test.file));
    const defences = own.map(({ id, defence }) => `${cell(defence)} (\`${id}\`)`).join('; ');
    const tests = [...files].map((file) => `\`${file.replace(/^test\//, '')}\``).join(', ');
    return `| ${number} | ${cell(attack)} | ${cell(outcome)} | ${defences} | ${tests} |`;
  });
  return ['| # | attack | outcome | what stops it (its mutant) | tests |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** The page with its table as the list of mutants has it. */
export function securityPage(page: string): string {
  const [before, rest = ''] = page.split(BEGIN);
  const [, after] = rest.split(END);
  if (after === undefined) throw new Error(`${PAGE} has no place for the table: ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n${attackTable()}\n${END}${after}`;
}

if (import.meta.main) writeFileSync(PAGE, securityPage(readFileSync(PAGE, 'utf8')));
