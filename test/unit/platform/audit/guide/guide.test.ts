import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { AuditNote } from '../../../../../lambdas/contracts/audit.ts';
import { createAuditLog } from '../../../../../lambdas/runtime/audit-log.ts';
import { refuse } from './examples.ts';

const guide = readFileSync('docs/guides/audit.md', 'utf8');

describe('the guide to the audit', () => {
  test('has code that is what the compiler checks', () => {
    const compiled = readFileSync('test/unit/platform/audit/guide/examples.ts', 'utf8');
    const blocks = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    expect(blocks).toHaveLength(1);
    for (const block of blocks) expect(compiled).toContain(block);
  });

  test('notes an event in the chain of nobody in particular', async () => {
    const sent: string[] = [];
    const queues = {
      send: async (_: string, messages: readonly { body: string }[]) =>
        void sent.push(...messages.map(({ body }) => body)),
    };
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    await refuse(createAuditLog({ queues, auditQueue: 'q', ids: { uuid: () => 'id' }, logger }), 5);
    expect(AuditNote.parse(JSON.parse(sent[0] ?? ''))).toMatchObject({ chain: '_platform', id: 'id' });
  });

  test('calls commands and options that there are', () => {
    const cli = readFileSync('bin/muster.ts', 'utf8');
    for (const option of ['--correlation <id>', '--known <head>', '--run <run>', '--limit <n>'])
      expect(cli).toContain(option);
  });
});
