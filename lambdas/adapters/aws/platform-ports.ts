import { QuarantinePolicy } from '../../contracts/behaviour.ts';
import { ENV } from '../../contracts/environment.ts';
import type { FlowEvent } from '../../flow/events.ts';
import { createAuditLog } from '../../runtime/audit-log.ts';
import { watchForRogues } from '../../runtime/rogues.ts';
import { readTenancy } from '../../tenancy/read-tenancy.ts';
import { createRunQuota } from '../../tenancy/run-quota.ts';
import { createStanding } from '../../tenancy/standing.ts';
import { limitItemKey } from '../items/budget-items.ts';
import { KEEP_FLOW_DAYS } from '../items/flow-items.ts';
import { jsonLogger, logLevelOf } from '../json-logger.ts';
import { lazy } from '../lazy.ts';
import { secureRandom, systemClock, systemIds } from '../system.ts';
import {
  clientSettings,
  dynamoClient,
  dynamoClientOnce,
  eventBridgeClient,
  s3Client,
  secretsClient,
  sqsClient,
  stepFunctionsClient,
} from './clients.ts';
import { dynamoAccounts } from './dynamo-accounts.ts';
import { dynamoBreakers } from './dynamo-breakers.ts';
import { dynamoClaims } from './dynamo-claims.ts';
import { dynamoFlowDirectory } from './dynamo-flow-directory.ts';
import { dynamoHeartbeats } from './dynamo-heartbeats.ts';
import { dynamoHolds } from './dynamo-holds.ts';
import { dynamoJournal } from './dynamo-journal.ts';
import { dynamoMemoryPassKey } from './dynamo-memory-pass-key.ts';
import { dynamoParameters } from './dynamo-parameters.ts';
import { dynamoParkingLot } from './dynamo-parking-lot.ts';
import { dynamoRates } from './dynamo-rates.ts';
import { dynamoRegistry, dynamoRegistryWriter } from './dynamo-registry.ts';
import { dynamoRejections } from './dynamo-rejections.ts';
import { dynamoResultCache } from './dynamo-result-cache.ts';
import { dynamoRuns } from './dynamo-runs.ts';
import { dynamoStops } from './dynamo-stops.ts';
import { dynamoTenantRuns } from './dynamo-tenant-runs.ts';
import { dynamoTenants } from './dynamo-tenants.ts';
import { eventBridgeBus } from './event-bridge-bus.ts';
import { awsMessageSecurity } from './message-security.ts';
import { required } from './required.ts';
import { s3Blobs } from './s3-blobs.ts';
import { secretsManagerSecrets } from './secrets-manager-secrets.ts';
import { sqsQueues, sqsVisibility } from './sqs-queues.ts';
import { stepFunctionsLifecycle } from './step-functions-lifecycle.ts';

/**
 * All ports of a platform Lambda, wired from its environment. Each is made when it is first called, so a Lambda needs
 * only the variables of the ports that it uses. Call once per container.
 * @throws Error naming the variable, at the first use of a port whose variable is not set
 */
export function platformPorts(env: NodeJS.ProcessEnv = process.env) {
  const variable = (name: string): string => required(env, name);
  const settings = lazy(() => clientSettings(env));
  const dynamo = lazy(() => dynamoClient(settings()));
  const sqs = lazy(() => sqsClient(settings()));
  const state = (): string => variable(ENV.stateTable);
  const registry = (): string => variable(ENV.registryTable);
  const blobs = lazy(() => s3Blobs(s3Client(settings()), variable(ENV.blobBucket), env[ENV.archiveBucket]));

  const runs = lazy(() => dynamoRuns(dynamo(), state()));
  const tenants = lazy(() => dynamoTenants(dynamo(), registry(), systemClock));
  const openRuns = lazy(() => dynamoTenantRuns(dynamo(), state()));
  const standing = lazy(() => createStanding(tenants(), readTenancy(env[ENV.tenancy])));

  const logger = jsonLogger({
    level: logLevelOf(env[ENV.logLevel]),
    fields: { function: env.AWS_LAMBDA_FUNCTION_NAME },
  });
  const queues = lazy(() => sqsQueues(sqs()));
  const bus = lazy(() => eventBridgeBus(eventBridgeClient(settings()), variable(ENV.busName)));
  const auditing = () => ({ queues: queues(), auditQueue: variable(ENV.auditQueue), ids: systemIds, logger });
  const securityLog = lazy(() => createAuditLog(auditing()));

  return {
    clock: systemClock,
    ids: systemIds,
    random: secureRandom,
    logger,
    variable,
    blobs,
    journal: lazy(() => dynamoJournal(dynamo(), state(), blobs())),
    flowJournal: lazy(() => dynamoJournal<FlowEvent>(dynamo(), state(), blobs(), KEEP_FLOW_DAYS)),
    flowDirectory: lazy(() => dynamoFlowDirectory(dynamo(), state())),
    runs,
    rejections: lazy(() => dynamoRejections(dynamo(), state())),
    parkingLot: lazy(() => dynamoParkingLot(dynamo(), state(), blobs())),
    registry: lazy(() => dynamoRegistry(dynamo(), registry(), blobs(), systemClock)),
    registryWriter: lazy(() => dynamoRegistryWriter(dynamo(), registry(), blobs())),
    breakers: lazy(() => dynamoBreakers(dynamo(), registry(), systemClock)),
    holds: lazy(() => dynamoHolds(dynamo(), registry(), systemClock)),
    parameters: lazy(() => dynamoParameters(dynamo(), registry())),
    stops: lazy(() =>
      dynamoStops(dynamo(), { registry: registry(), budgets: variable(ENV.budgetsTable) }, systemClock),
    ),
    accounts: lazy(() => dynamoAccounts(dynamoClientOnce(settings()), variable(ENV.budgetsTable))),
    heartbeats: lazy(() => dynamoHeartbeats(dynamo(), state())),
    resultCache: lazy(() => dynamoResultCache(dynamo(), state())),
    claims: lazy(() => dynamoClaims(dynamo(), variable(ENV.claimsTable))),
    memoryPassKey: lazy(() => dynamoMemoryPassKey(dynamo(), state())),
    tenants,
    openRuns,
    standing,
    quota: lazy(() => createRunQuota({ standing: standing(), openRuns: openRuns(), runs: runs(), clock: systemClock })),
    /** Rates of the API; each write counts, so none is sent twice. */
    limits: lazy(() => dynamoRates(dynamoClientOnce(settings()), variable(ENV.budgetsTable), undefined, limitItemKey)),
    queues,
    visibility: lazy(() => sqsVisibility(sqs())),
    bus,
    secrets: lazy(() => secretsManagerSecrets(secretsClient(settings()), systemClock)),
    lifecycle: lazy(() => stepFunctionsLifecycle(stepFunctionsClient(settings()), variable(ENV.lifecycleArn))),
    coordinatorQueue: lazy(() => variable(ENV.coordinatorQueue)),
    timersQueue: lazy(() => variable(ENV.timersQueue)),
    intakeQueue: lazy(() => variable(ENV.intakeQueue)),
    auditQueue: lazy(() => variable(ENV.auditQueue)),
    /** Signs in this name; see contracts/messages.ts for who is called what. */
    messageSecurity: (sender: string) => awsMessageSecurity(sender, settings(), env),
    securityLog,
    /** The security log, acting on rogue agents by policy. */
    rogues: lazy(() => {
      const policy = QuarantinePolicy.parse(JSON.parse(env[ENV.quarantine] || '{}'));
      return watchForRogues(securityLog(), { bus: bus(), clock: systemClock, logger, policy });
    }),
  };
}
