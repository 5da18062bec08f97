import { afterEach, expect, test } from '@jest/globals';
import type { Header } from '../../../lambdas/contracts/envelope.ts';
import { encodeMessage } from '../../../lambdas/runtime/message-codec.ts';
import { NO_MESSAGE_SECURITY } from '../../../lambdas/runtime/signing/message-security.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { QUEUES } from '../../../lambdas/testing/queue-urls.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

/** A rogue that has a task in hand, and an honest agent that costs more. */
async function atWork(): Promise<{ readonly made: TestFleet; readonly runId: string }> {
  const rogue = fakeAgent('rogue', {
    work: async (_, ctx) => {
      await sleep(ctx, 5_000);
      return 'of the rogue';
    },
  });
  const honest = fakeAgent('honest', { work: () => 'of an honest agent' }, { selection: { cost: 1_000 } });
  const made = await createTestFleet({ agents: [rogue, honest] });
  fleet = made;
  const runId = await made.start(workflow([task('a')]));
  return { made, runId };
}

test('what an agent reports counts as long as it is in the pool', async () => {
  const { made, runId } = await atWork();
  expect((await made.ended(runId)).result).toEqual({ a: 'of the rogue' });
});

test('what it reports from quarantine counts for nothing: its task is done by another', async () => {
  const { made, runId } = await atWork();
  const { blobs } = made.platform.world;
  const header: Header = {
    ...{ message_id: 'm1', correlation_id: 'c1', timestamp: new Date(made.platform.clock.now()).toISOString() },
    ...{ sender: 'coordinator', receiver: 'coordinator', message_type: 'wake_run', priority: 2, ttl: 60 },
    ...{ tenant: 'default', schema_version: 1 },
  };
  const body = await encodeMessage({ header, payload: {} }, { blobs, messageSecurity: NO_MESSAGE_SECURITY });
  await made.platform.queuesOf('rogue').send(QUEUES.coordinator, [{ body, groupId: runId, deduplicationId: 'd1' }]);
  expect((await made.ended(runId)).result).toEqual({ a: 'of an honest agent' });
});
