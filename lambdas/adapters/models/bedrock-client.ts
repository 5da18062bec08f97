import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { ClientSettings } from '../aws/clients.ts';

/** An answer may take this long; each call has its own, shorter limit. */
const SOCKET_TIMEOUT_MS = 600_000;

/**
 * Tries each call once: what a failed one may have cost, only the pool can tell the budget. By HTTP/1.1, which the local
 * cloud speaks as well; this client's own choice is HTTP/2.
 */
export function bedrockClient(
  { region, endpoint }: ClientSettings,
  more: Pick<BedrockRuntimeClientConfig, 'credentials'> = {},
): BedrockRuntimeClient {
  const connections = { keepAlive: true, maxSockets: 64 };
  return new BedrockRuntimeClient({
    ...more,
    region,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 2_000,
      socketTimeout: SOCKET_TIMEOUT_MS,
      httpsAgent: connections,
      httpAgent: connections,
    }),
  });
}
