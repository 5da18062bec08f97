import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { PLANS, standingOf, Tenancy, TenantLimits } from '../../../lambdas/contracts/tenants.ts';
import { tenancy } from './guide-examples.ts';

const guide = readFileSync('docs/guides/tenants.md', 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
const inLanguage = (language: string): string[] =>
  blocks.flatMap(([, of, text = '']) => (of === language ? [text] : []));

describe('the guide on tenants', () => {
  test('has code that is what the compiler checks', () => {
    const checked = readFileSync('test/unit/tenancy/guide-examples.ts', 'utf8');
    expect(inLanguage('ts')).toHaveLength(1);
    for (const text of inLanguage('ts')) expect(checked).toContain(text);
  });

  test('shows plans that the configuration takes', () => {
    expect(Tenancy.parse(tenancy)).toEqual(tenancy);
    expect(standingOf('acme', undefined, tenancy)).toMatchObject({ plan: 'trial', limits: { openRuns: 10 } });
    expect(Tenancy.safeParse({ ...tenancy, defaultPlan: 'none' }).success).toBe(false);
  });

  test('names every limit, every plan that there is without configuration, and commands that there are', () => {
    for (const name of [...Object.keys(TenantLimits.shape), ...Object.keys(PLANS.plans)])
      expect(guide).toContain(`\`${name}\``);
    const cli = readFileSync('bin/muster.ts', 'utf8');
    const said = inLanguage('sh').flatMap((text) => [
      ...text.matchAll(/^npx muster tenants(?: (set|show|export|erase))?/gm),
    ]);
    expect(said.length).toBeGreaterThan(5);
    for (const [, name] of said)
      if (name) expect(cli).toMatch(new RegExp(`tenantsCommand\\s+\\.command\\('${name}'\\)`));
  });
});
