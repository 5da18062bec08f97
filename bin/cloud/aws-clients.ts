import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { ClientSettings } from './target.ts';

/** The clients a command may need, each made on first use. */
export class AwsClients {
  readonly #settings: ClientSettings;
  readonly #made = new Map<string, { destroy(): void }>();

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  get dynamo(): DynamoDBClient {
    return this.#once('dynamo', () => new DynamoDBClient(this.#settings));
  }
  get eventBridge(): EventBridgeClient {
    return this.#once('eventBridge', () => new EventBridgeClient(this.#settings));
  }
  get s3(): S3Client {
    return this.#once('s3', () => new S3Client(this.#settings));
  }
  get secrets(): SecretsManagerClient {
    return this.#once('secrets', () => new SecretsManagerClient(this.#settings));
  }
  get sqs(): SQSClient {
    return this.#once('sqs', () => new SQSClient(this.#settings));
  }
  get logs(): CloudWatchLogsClient {
    return this.#once('logs', () => new CloudWatchLogsClient(this.#settings));
  }
  get lambda(): LambdaClient {
    return this.#once('lambda', () => new LambdaClient(this.#settings));
  }

  destroy(): void {
    for (const client of this.#made.values()) client.destroy();
  }

  #once<T extends { destroy(): void }>(name: string, make: () => T): T {
    const made = this.#made.get(name);
    if (made) return made as T;
    const client = make();
    this.#made.set(name, client);
    return client;
  }
}
