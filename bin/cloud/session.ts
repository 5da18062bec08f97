import { dynamoAccounts } from '../../lambdas/adapters/aws/dynamo-accounts.ts';
import { dynamoBreakers } from '../../lambdas/adapters/aws/dynamo-breakers.ts';
import { dynamoFlowDirectory } from '../../lambdas/adapters/aws/dynamo-flow-directory.ts';
import { dynamoHolds } from '../../lambdas/adapters/aws/dynamo-holds.ts';
import { dynamoJournal } from '../../lambdas/adapters/aws/dynamo-journal.ts';
import { dynamoParameters } from '../../lambdas/adapters/aws/dynamo-parameters.ts';
import { dynamoParkingLot } from '../../lambdas/adapters/aws/dynamo-parking-lot.ts';
import { dynamoRegistry } from '../../lambdas/adapters/aws/dynamo-registry.ts';
import { dynamoRuns } from '../../lambdas/adapters/aws/dynamo-runs.ts';
import { s3Blobs } from '../../lambdas/adapters/aws/s3-blobs.ts';
import { sqsQueues } from '../../lambdas/adapters/aws/sqs-queues.ts';
import { systemClock } from '../../lambdas/adapters/system.ts';
import type { FlowEvent } from '../../lambdas/flow/events.ts';
import type { Accounts } from '../../lambdas/runtime/budgets/accounts.ts';
import type {
  Blobs,
  Breakers,
  Clock,
  FlowDirectory,
  Holds,
  ParameterStore,
  ParkingLot,
  Queues,
  Registry,
  Runs,
} from '../../lambdas/runtime/ports.ts';
import type { Journal } from '../../lambdas/workflow/journal.ts';
import { AwsClients } from './aws-clients.ts';
import { outputOf, resolveTarget, type Target } from './target.ts';

/** A deployment as a command sees it: the platform's own ports, for reading, and the clients behind them. */
export interface Session {
  readonly target: Target;
  readonly aws: AwsClients;
  readonly journal: Pick<Journal, 'read' | 'readSnapshot'>;
  readonly runs: Pick<Runs, 'get' | 'list' | 'open' | 'correlated'>;
  readonly flowJournal: Pick<Journal<FlowEvent>, 'read' | 'readSnapshot'>;
  readonly flowDirectory: Pick<FlowDirectory, 'list'>;
  readonly registry: Registry;
  readonly breakers: Pick<Breakers, 'read'>;
  readonly holds: Pick<Holds, 'read'>;
  readonly accounts: Pick<Accounts, 'list'>;
  readonly parameters: Pick<ParameterStore, 'history'>;
  readonly parkingLot: Pick<ParkingLot, 'list' | 'remove'>;
  readonly blobs: Blobs;
  readonly queues: Pick<Queues, 'depth' | 'send'>;
}

/** A command looks once, or waits for a change: on this clock nothing that was read before is young enough to be kept. */
let looks = 0;
const IMPATIENT: Clock = { ...systemClock, now: () => Date.now() + 3_600_000 * looks++ };

/** The ports of a deployment, from its stacks' outputs. @throws CliError when an output is missing */
export function sessionOn(target: Target): Session & { close(): void } {
  const aws = new AwsClients(target.settings);
  const table = outputOf(target, 'StateTableName');
  const blobs = s3Blobs(aws.s3, outputOf(target, 'BlobBucketName'), outputOf(target, 'ArchiveBucketName'));
  return {
    target,
    aws,
    journal: dynamoJournal(aws.dynamo, table, blobs),
    flowJournal: dynamoJournal<FlowEvent>(aws.dynamo, table, blobs),
    flowDirectory: dynamoFlowDirectory(aws.dynamo, table),
    runs: dynamoRuns(aws.dynamo, table),
    registry: dynamoRegistry(aws.dynamo, outputOf(target, 'RegistryTableName'), blobs, IMPATIENT),
    holds: dynamoHolds(aws.dynamo, outputOf(target, 'RegistryTableName'), IMPATIENT),
    parameters: dynamoParameters(aws.dynamo, outputOf(target, 'RegistryTableName')),
    accounts: dynamoAccounts(aws.dynamo, outputOf(target, 'BudgetsTableName')),
    breakers: dynamoBreakers(aws.dynamo, outputOf(target, 'RegistryTableName'), systemClock),
    parkingLot: dynamoParkingLot(aws.dynamo, table, blobs),
    blobs,
    queues: sqsQueues(aws.sqs),
    close: () => aws.destroy(),
  };
}

/** Opens the deployment that `--stage` names, works with it, and closes it. */
export async function withSession(stage: string | undefined, work: (session: Session) => Promise<void>): Promise<void> {
  const session = sessionOn(await resolveTarget(stage));
  try {
    await work(session);
  } finally {
    session.close();
  }
}
