import { randomUUID } from 'node:crypto';
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dynamoParkingLot } from '../../lambdas/adapters/aws/dynamo-parking-lot.ts';
import { s3Blobs } from '../../lambdas/adapters/aws/s3-blobs.ts';
import { muster, refusedBy } from '../support/local-cloud/muster.ts';
import { registeredPeers } from '../support/probe/fresh-peers.ts';
import { attemptsOf, ProbeRuns } from '../support/probe/probe-runs.ts';

const GAMMA = 'probe-gamma';
let probe: ProbeRuns;
let inbox: string;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('workflow_completed');
  inbox = (await registeredPeers(probe.cloud)).find(({ name }) => name === GAMMA)?.inbox.standard ?? '';
});
afterAll(() => probe?.close());

/** Whether Lambda polls the agent's inbox. */
async function poll(Enabled: boolean): Promise<void> {
  const { lambda } = probe.cloud.session.aws;
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  const name = inbox.split('/').at(-1) ?? '';
  const mapping = EventSourceMappings.find(({ EventSourceArn = '' }) => EventSourceArn.endsWith(`:${name}`));
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled }));
}

/** Takes the next message out of the agent's inbox and parks it, as dead letters are. */
async function park(runId: string): Promise<void> {
  const { sqs, dynamo, s3 } = probe.cloud.session.aws;
  const message = await probe.cloud.eventually(async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: inbox }));
    return Messages[0];
  });
  await sqs.send(new DeleteMessageCommand({ QueueUrl: inbox, ReceiptHandle: message.ReceiptHandle }));
  const blobs = s3Blobs(s3, probe.cloud.output('BlobBucketName'));
  await dynamoParkingLot(dynamo, probe.cloud.output('StateTableName'), blobs).park({
    ...{ parkedId: `parked_${randomUUID()}`, queue: GAMMA, at: Date.now(), tenant: 'default', runId },
    ...{ messageId: message.MessageId ?? '', messageType: 'task_assignment', reason: 'its agent was not there' },
    body: message.Body ?? '',
  });
}

test('An agent that was away gets what it has missed and is still wanted, and nothing twice', async () => {
  await poll(false);
  const start = (input: string) =>
    probe.start([{ id: 'a', type: 'probe.shared', agent: GAMMA, input: { say: input } }]);
  const runId = await start('late');
  await probe.task(runId, 'a', ({ status }) => status === 'running');
  await park(runId);
  const cancelled = await start('never');
  await park(cancelled);
  await muster('cancel', cancelled);
  await poll(true);

  expect(await refusedBy('agents', 'recover', 'probe-gama')).toContain('did you mean "probe-gamma"');
  const said = await muster('agents', 'recover', GAMMA);
  expect(said).toContain(`a of ${runId.slice(0, 12)}`);
  const run = await probe.ended(runId);
  expect(run).toMatchObject({ status: 'completed', result: { say: 'late', agent: GAMMA } });
  expect(attemptsOf(run, 'a')).toEqual([{ agent: GAMMA, outcome: 'completed' }]);
  expect(said).toMatch(new RegExp(`a of ${cancelled.slice(0, 12)} +not needed: the task is cancelled`));
  expect(await muster('agents', 'recover', GAMMA)).toContain(`nothing is parked that ${GAMMA} has missed`);
});
