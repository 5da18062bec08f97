import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** A call that somebody may or may not make: an action of IAM, and on what. */
export interface Call {
  readonly action: keyof typeof CALLS;
  /** The queue's URL, the name of table, bucket or secret. */
  readonly on: string;
}

/** `failed`: allowed, but the call itself came to nothing, as with a key that is not there. */
export type Verdict = 'allowed' | 'denied' | `failed: ${string}`;

const dynamo = new DynamoDBClient({});
const s3 = new S3Client({ forcePathStyle: true });
const sqs = new SQSClient({});
const secrets = new SecretsManagerClient({});
const Key = { pk: { S: 'nobody' }, sk: { S: 'nothing' } };

const CALLS = {
  'dynamodb:GetItem': (TableName: string) => dynamo.send(new GetItemCommand({ TableName, Key })),
  'dynamodb:PutItem': (TableName: string) => dynamo.send(new PutItemCommand({ TableName, Item: Key })),
  'dynamodb:Scan': (TableName: string) => dynamo.send(new ScanCommand({ TableName, Limit: 1 })),
  'dynamodb:Query': (TableName: string) =>
    dynamo.send(
      new QueryCommand({
        ...{ TableName, KeyConditionExpression: 'pk = :pk' },
        ExpressionAttributeValues: { ':pk': Key.pk },
      }),
    ),
  's3:GetObject': (Bucket: string) => s3.send(new GetObjectCommand({ Bucket, Key: 'nobody/nothing' })),
  's3:PutObject': (Bucket: string) => s3.send(new PutObjectCommand({ Bucket, Key: 'nobody/nothing', Body: 'x' })),
  'sqs:ReceiveMessage': (QueueUrl: string) => sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 })),
  'sqs:SendMessage': (QueueUrl: string) =>
    sqs.send(
      new SendMessageCommand({
        ...{ QueueUrl, MessageBody: '{"not":"ours"}' },
        ...(QueueUrl.endsWith('.fifo') && { MessageGroupId: 'nobody', MessageDeduplicationId: 'nothing' }),
      }),
    ),
  'secretsmanager:GetSecretValue': (SecretId: string) => secrets.send(new GetSecretValueCommand({ SecretId })),
} as const;

/** A Lambda that makes the calls it is given, and says of each what the cloud made of it. */
export async function handler(calls: readonly Call[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { action, on } of calls) {
    verdicts.push(
      await CALLS[action](on).then(
        (): Verdict => 'allowed',
        (error: unknown): Verdict => {
          const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
          return /denied|not authorized|forbidden/i.test(text) ? 'denied' : `failed: ${text.slice(0, 200)}`;
        },
      ),
    );
  }
  process.stdout.write(`${JSON.stringify({ message: 'tried', calls: calls.length })}\n`);
  return verdicts;
}
