import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { AlertSeverity, Feature, Offence, QuarantinePolicy } from '../../../lambdas/contracts/behaviour.ts';
import { BUS_EVENTS } from '../../../lambdas/contracts/bus-events.ts';
import { cautious } from './guide-examples.ts';

const guide = readFileSync('docs/guides/behaviour.md', 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
const inLanguage = (language: string): string[] =>
  blocks.flatMap(([, of, text = '']) => (of === language ? [text] : []));

describe('the guide on behaviour', () => {
  test('has code that is what the compiler checks', () => {
    const checked = readFileSync('test/unit/behaviour/guide-examples.ts', 'utf8');
    expect(inLanguage('ts')).toHaveLength(1);
    for (const text of inLanguage('ts')) expect(checked).toContain(text);
    expect(QuarantinePolicy.parse(cautious.quarantine)).toMatchObject({
      forgery: 'quarantine',
      forbidden_tool: 'alert',
    });
  });

  test('names every offence with what it leads to, every feature and every severity', () => {
    for (const [offence, reaction] of Object.entries(QuarantinePolicy.parse({})))
      expect(guide).toMatch(new RegExp(`\\| \`${offence}\` \\|.*\\| \`${reaction}\` \\|`));
    expect(Object.keys(QuarantinePolicy.parse({})).sort()).toEqual([...Offence.options].sort());
    for (const name of [...Feature.options, ...AlertSeverity.options]) expect(guide).toContain(`\`${name}\``);
  });

  test('listens to events that there are', () => {
    for (const text of inLanguage('json')) {
      const pattern = JSON.parse(text);
      for (const name of pattern['detail-type']) expect(Object.keys(BUS_EVENTS)).toContain(name);
      for (const severity of pattern.detail.severity) expect(AlertSeverity.options).toContain(severity);
    }
  });

  test('calls commands that there are', () => {
    const cli = readFileSync('bin/muster.ts', 'utf8');
    const commands = inLanguage('sh').flatMap((text) =>
      [...text.matchAll(/^npx muster (\w+)/gm)].map(([, name]) => name),
    );
    expect(commands.length).toBeGreaterThan(3);
    for (const name of new Set(commands)) expect(cli).toMatch(new RegExp(`command\\('${name}'\\)`));
  });
});
