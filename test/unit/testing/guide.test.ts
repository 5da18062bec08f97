import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { RecoverableError } from '../../../lambdas/contracts/errors.ts';
import { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';

const GUIDE = new URL('../../../docs/guides/testing.md', import.meta.url);

/** What an example may use, as its reader would import it. */
const IMPORTS = { WorkflowDefinition, RecoverableError, createTestFleet, expect, fakeAgent, sleep };

const guide = await readFile(GUIDE, 'utf8');
const examples = guide.split(/^## /m).flatMap((section) => {
  const [title = ''] = section.split('\n');
  return [...section.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => ({ title, code }));
});

describe('the guide to testing', () => {
  test('has examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  test.each(examples)('$title: its example holds', async ({ code }) => {
    const before = expect.getState().assertionCalls;
    const names = Object.keys(IMPORTS);
    const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
    await new AsyncFunction(...names, code)(...Object.values(IMPORTS));
    expect(expect.getState().assertionCalls).toBeGreaterThan(before);
  });
});
