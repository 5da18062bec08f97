import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { contractsDocument } from '../../../bin/docs/contracts.ts';
import { BUS_EVENTS } from '../../../lambdas/contracts/bus-events.ts';
import { MESSAGE_SCHEMAS } from '../../../lambdas/contracts/messages.ts';

const page = readFileSync('docs/contracts.md', 'utf8');

test('docs/contracts.md says what the schemas say; if not, run "npm run docs"', () => {
  expect(page).toBe(contractsDocument());
});

test('every event, every message and every link target has its heading', () => {
  for (const name of [...Object.keys(BUS_EVENTS), ...Object.keys(MESSAGE_SCHEMAS)])
    expect(page).toContain(`### \`${name}\``);
  const headings = new Set(
    [...page.matchAll(/^#+ (.+)$/gm)].map((match) => match[1]?.toLowerCase().replaceAll(' ', '-')),
  );
  for (const [, target] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(target);
});
