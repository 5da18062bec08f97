import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { isRefusal, refusal } from '../../../../../lambdas/runtime/signing/refusal.ts';
import { createTestFleet } from '../../../../../lambdas/testing/test-fleet.ts';
import { clerk, reportOf } from './examples.ts';

const guide = readFileSync('docs/guides/messages.md', 'utf8');
const blocks = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);

describe('the guide on messages', () => {
  test('has code that is what the compiler checks', () => {
    const checked = readFileSync('test/unit/runtime/signing/guide/examples.ts', 'utf8');
    expect(blocks).toHaveLength(2);
    for (const text of blocks) expect(checked).toContain(text);
    expect(clerk).toMatchObject({ confidential: true, channels: { confidential: ['channel.ledger.entry'] } });
  });

  test('signs a report as it says', async () => {
    const fleet = await createTestFleet({ agents: [] });
    const header = {
      ...{ message_id: 'm', correlation_id: 'c', timestamp: new Date(fleet.platform.clock.now()).toISOString() },
      ...{ sender: 'worker', receiver: 'coordinator', message_type: 'status_update', priority: 2 as const },
      ...{ ttl: 300, tenant: 'default', schema_version: 1 as const },
    };
    expect(await reportOf(fleet, header, null)).toMatch(/"signature":"[\w-]+\.\.[\w-]{86}"}$/);
  });

  test('names codes that there are', () => {
    const named = [...guide.matchAll(/`((?:signature|message|encryption)_[a-z_]+)`/g)].map(([, code = '']) => code);
    expect(new Set(named).size).toBe(7);
    for (const code of named) {
      // By way of the type's only maker: an unknown code would be no refusal.
      const error = Object.assign(refusal('signature_missing', 'x', {}), { code });
      expect([code, isRefusal(error)]).toEqual([code, true]);
    }
  });
});
