import { randomUUID } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { BUS_EVENTS } from '../../lambdas/contracts/bus-events.ts';
import { issuesOf, MusterError } from '../../lambdas/contracts/errors.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { checkInput, didYouMean } from '../../lambdas/workflow/definition.ts';
import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from './session.ts';
import { outputOf } from './target.ts';

/** The `source` of what people publish from the command line. */
export const CLIENT_SOURCE = 'muster.client';

export interface RunRequestOptions {
  readonly workflow: string;
  readonly input: JsonObject;
  readonly requestId?: string;
  readonly tenant?: string;
  readonly priority?: string;
  /** Where the input came from, for error messages. */
  readonly inputName?: string;
}

/**
 * Publishes `workflow_requested` on the bus. The intake decides; what is wrong on its face is said here, at once.
 * @returns the id of the run that the request stands for
 */
export async function requestRun(session: Session, options: RunRequestOptions): Promise<string> {
  await checkRequest(session, options);
  const tenant = options.tenant ?? DEFAULT_TENANT;
  const requestId = options.requestId ?? `cli-${randomUUID()}`;
  const detail = BUS_EVENTS.workflow_requested.safeParse({
    workflow: options.workflow,
    input: options.input,
    request_id: requestId,
    tenant,
    ...(options.priority && { priority: options.priority }),
    requested_by: 'muster-cli',
  });
  if (!detail.success)
    throw new CliError(`the request is not valid: ${issuesOf(detail.error)}`, 'see "muster run --help"');
  await publish(session, 'workflow_requested', detail.data);
  return runIdOf(tenant, requestId);
}

/** Puts one event on the deployment's bus, and answers its id. @throws CliError when the bus refuses it */
export async function publish(session: Session, detailType: string, detail: object): Promise<string> {
  const { FailedEntryCount, Entries } = await session.aws.eventBridge.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: outputOf(session.target, 'BusName'),
          Source: CLIENT_SOURCE,
          DetailType: detailType,
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  const failed = Entries?.find((entry) => entry.ErrorCode);
  if (FailedEntryCount || failed)
    throw new CliError(
      `the bus refused ${detailType}: ${failed?.ErrorMessage ?? failed?.ErrorCode ?? 'no reason given'}`,
    );
  return Entries?.[0]?.EventId ?? '';
}

async function checkRequest(
  session: Session,
  { workflow, input, inputName = 'the input' }: RunRequestOptions,
): Promise<void> {
  const definition = await session.registry.definition(workflow);
  if (!definition) {
    const known = (await session.registry.definitions()).map(({ name }) => name);
    throw new CliError(
      `there is no workflow "${workflow}"${didYouMean(workflow, known)}`,
      'list them with "muster workflows"',
    );
  }
  try {
    checkInput(definition, input);
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    const field = String(error.details?.field ?? '').replace(/^input\.?/, '');
    throw new CliError(
      `${inputName} does not fit ${workflow}: ${error.message}`,
      field ? `correct "${field}" in ${inputName}; nothing was started` : 'nothing was started',
      { cause: error },
    );
  }
}
