import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { openRunsOf } from '../../bin/cloud/open-runs.ts';
import { readJournal } from '../../bin/cloud/read-journal.ts';
import { readFold } from '../../bin/cloud/run-reader.ts';
import type { Session } from '../../bin/cloud/session.ts';
import { readQueue } from '../../bin/commands/queue.ts';
import { replayOf } from '../../bin/views/replay.ts';
import { ALL_TENANTS } from '../../lambdas/contracts/control.ts';
import { stateDigest } from '../../lambdas/workflow/replay.ts';
import type { TestCloud } from '../support/local-cloud/test-cloud.ts';
import { type PlannedRun, TENANTS } from './plan-run.ts';

const MANY = 100_000;

/** What a run that has ended did otherwise than it was told. */
export async function checkRun(
  cloud: TestCloud,
  runId: string,
  plan: PlannedRun,
  paid: ReadonlyMap<string, readonly number[]> = new Map(),
): Promise<string[]> {
  const view = await cloud.read(runId).catch((error: unknown) => String(error));
  if (typeof view === 'string') return [`${runId} can't be read: ${view}`];
  if (view.status !== 'completed') return [`${runId} is ${view.status}: ${view.error?.message ?? view.reason}`];
  const faults = [...plan.payments].flatMap(([task, amount]) => {
    const made = paid.get(task) ?? [];
    return made.length === 1 && made[0] === amount ? [] : [`${runId} ${task} was to pay ${amount}, and paid [${made}]`];
  });
  try {
    expect(await cloud.result(view)).toMatchObject(plan.answers);
  } catch (error) {
    faults.push(`${runId} answers otherwise: ${error instanceof Error ? error.message : error}`);
  }
  return faults;
}

/** Every run there is, those that others began included: rebuilt from its journal, it is what everybody sees. */
export async function checkReplays({ session }: TestCloud): Promise<string[]> {
  const faults: string[] = [];
  for (const { runId, status } of (
    await Promise.all(TENANTS.map((tenant) => session.runs.list(tenant, MANY)))
  ).flat()) {
    const entries = await readJournal(session, runId);
    const { fold, view } = await readFold(session, runId);
    if (view.status !== status) faults.push(`${runId} is ${view.status}, and recorded as ${status}`);
    const snapshot = await session.journal.readSnapshot(runId);
    const replayed = replayOf(runId, entries, fold.seq, snapshot);
    if (replayed.sha256 !== stateDigest(fold.state)) faults.push(`${runId} is replayed to another state`);
    const then = snapshot && replayOf(runId, entries, snapshot.seq, snapshot).snapshot;
    if (then?.same === false) faults.push(`${runId} has another snapshot than its journal says`);
  }
  return faults;
}

/** What is not at rest, though nobody wants anything any more. */
export async function checkRest(cloud: TestCloud): Promise<string[]> {
  const { session } = cloud;
  const open = (await openRunsOf(session, ALL_TENANTS)).map(({ runId, status }) => `${runId} is still ${status}`);
  const held = [...(await session.holds.read()).keys()].map((scope) => `${scope} is on hold`);
  const limits = await Promise.all(
    TENANTS.map(async (tenant) => {
      const { flows } = await readQueue(session, { tenant }, Date.now());
      return flows.map(({ name, lines }) => `limit ${name} of ${tenant} is in use by ${lines.length} runs`);
    }),
  );
  return [...open, ...held, ...limits.flat(), ...(await fullQueues(session, cloud.output('TimersQueueUrl')))];
}

/** Queues that hold messages. Timers that ring in vain, because their run has ended, may wait in theirs. */
async function fullQueues({ aws: { sqs } }: Session, timers: string): Promise<string[]> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ MaxResults: 1_000 }));
  const depths = QueueUrls.filter((url) => !url.includes('/tap-')).map(async (QueueUrl) => {
    const asked = { QueueUrl, AttributeNames: ['All' as const] };
    const { Attributes: depth = {} } = await sqs.send(new GetQueueAttributesCommand(asked));
    const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: inFlight } = depth;
    const delayed = QueueUrl === timers ? 0 : depth.ApproximateNumberOfMessagesDelayed;
    const all = Number(waiting) + Number(inFlight) + Number(delayed);
    return all === 0 ? [] : [`${all} messages are in ${QueueUrl.split('/').at(-1)}`];
  });
  return (await Promise.all(depths)).flat();
}
