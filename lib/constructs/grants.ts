import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/*
 * What roles may do, action by action. CDK's own grants bring `s3:GetObject*`, `kms:ReEncrypt*` and the like;
 * these hold exactly what our code calls, so that a role can be compared with its manifest.
 */

const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>): PolicyStatement =>
  new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });

const arns = (queues: readonly IQueue[]): string[] => queues.map((queue) => queue.queueArn);

/**
 * A name for what a stack adds to a role of another stack. A role keeps one inline policy under each name, and the names
 * that CDK makes are the same in every stack of a kind: the last one deployed would take the others' rights away.
 */
export const inlinePolicyName = (scope: Construct, purpose: string): string =>
  `${Stack.of(scope).stackName}-${purpose}`;

export const sendTo = (...queues: IQueue[]) => allow(['sqs:SendMessage'], arns(queues));

/** What Lambda's event source needs, and extending the visibility of what was received. */
export const receiveFrom = (...queues: IQueue[]) =>
  allow(
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
    arns(queues),
  );

/** Turning event source mappings off and on. */
export const switching = (...sources: IEventSourceMapping[]) =>
  allow(
    ['lambda:UpdateEventSourceMapping'],
    sources.map(({ eventSourceMappingArn }) => eventSourceMappingArn),
  );

export const measure = (...queues: IQueue[]) => allow(['sqs:GetQueueAttributes'], arns(queues));

/** Publishing on the bus, where `source` is given under that name only. */
export const publishOn = (bus: EventBus, source?: string) =>
  allow(
    ['events:PutEvents'],
    [bus.eventBusArn],
    source === undefined ? undefined : { StringEquals: { 'events:source': source } },
  );

export type ObjectAccess = 'read' | 'write' | 'read-write';

export const objectsOf = (bucket: Bucket, access: ObjectAccess) =>
  allow(
    [...(access === 'write' ? [] : ['s3:GetObject']), ...(access === 'read' ? [] : ['s3:PutObject'])],
    [bucket.arnForObjects('*')],
  );

export const removalsOf = (bucket: Bucket) => allow(['s3:DeleteObject'], [bucket.arnForObjects('*')]);

/** Without it a missing object looks like a forbidden one. */
export const listingOf = (bucket: Bucket) => allow(['s3:ListBucket'], [bucket.bucketArn]);

export type TableAction = 'Get' | 'BatchGet' | 'BatchWrite' | 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

export const itemsOf = (table: Table, ...actions: TableAction[]) =>
  allow(
    actions.map((action) => `dynamodb:${action}Item`),
    [table.tableArn],
  );

/** Items whose partition keys are these, or begin so where a key ends in `*`. */
export const itemsUnder = (table: Table, keys: readonly string[], ...actions: TableAction[]) =>
  allow(
    actions.map((action) => `dynamodb:${action}Item`),
    [table.tableArn],
    leadingKeys(keys),
  );

const leadingKeys = (keys: readonly string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });

export const queriesUnder = (table: Table, keys: readonly string[]) =>
  allow(['dynamodb:Query'], [table.tableArn], leadingKeys(keys));

export const queriesOf = (table: Table, ...indexes: string[]) =>
  allow(
    ['dynamodb:Query'],
    indexes.length === 0 ? [table.tableArn] : indexes.map((index) => `${table.tableArn}/index/${index}`),
  );

/** Every item, from end to end. */
export const scanOf = (table: Table) => allow(['dynamodb:Scan'], [table.tableArn]);

/** A secret by its name or its full ARN; Secrets Manager puts six random characters behind a name. */
export function readingOf(scope: Construct, secret: string): PolicyStatement {
  const arn = secret.startsWith('arn:')
    ? secret
    : Stack.of(scope).formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: `${secret}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
  return allow(['secretsmanager:GetSecretValue'], [arn]);
}

export const useKey = (keyArn: string) => allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keyArn]);

export const answerTokens = (stateMachineArn: string) =>
  allow(['states:SendTaskSuccess', 'states:SendTaskFailure'], [stateMachineArn]);

export const startExecutions = (stateMachineArn: string) => allow(['states:StartExecution'], [stateMachineArn]);
