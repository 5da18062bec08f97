import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';

export interface ClientSettings {
  readonly region: string;
  /** Another place than AWS: the local cloud. */
  readonly endpoint?: string;
}

/** Region and endpoint override, as Lambda and the local cloud set them. @throws Error when there is no region */
export function clientSettings(env: NodeJS.ProcessEnv): ClientSettings {
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (!region) throw new Error('AWS_REGION is not set: name the region that the platform runs in');
  return { region, ...(env.AWS_ENDPOINT_URL && { endpoint: env.AWS_ENDPOINT_URL }) };
}

/** Given here, so that the SDK does not look for them in files while a cold start waits. */
function common({ region, endpoint }: ClientSettings, maxAttempts = 5) {
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 2_000,
      socketTimeout: 15_000,
      httpsAgent: { keepAlive: true, maxSockets: 64 },
      httpAgent: { keepAlive: true, maxSockets: 64 },
    },
  };
}

/*
 * One function per service, so that a bundle holds only the clients it uses. Call each once per container
 * (platform-ports.ts and agent-ports.ts do): a client keeps its connections.
 */

export const dynamoClient = (settings: ClientSettings): DynamoDBClient => new DynamoDBClient(common(settings));
/** Sends once: for writes that must not count twice. */
export const dynamoClientOnce = (settings: ClientSettings): DynamoDBClient => new DynamoDBClient(common(settings, 1));
export const sqsClient = (settings: ClientSettings): SQSClient => new SQSClient(common(settings));
export const eventBridgeClient = (settings: ClientSettings): EventBridgeClient =>
  new EventBridgeClient(common(settings));
export const secretsClient = (settings: ClientSettings): SecretsManagerClient =>
  new SecretsManagerClient(common(settings));
export const stepFunctionsClient = (settings: ClientSettings): SFNClient => new SFNClient(common(settings));

export const s3Client = (settings: ClientSettings): S3Client =>
  new S3Client({
    ...common(settings),
    forcePathStyle: settings.endpoint !== undefined,
    // Blobs carry their own sha256; trailing checksums would need chunked uploads for streams.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
