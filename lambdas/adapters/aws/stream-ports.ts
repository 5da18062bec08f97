import { ENV } from '../../contracts/environment.ts';
import { lazy } from '../lazy.ts';
import { systemClock } from '../system.ts';
import { apiGatewaySockets } from './api-gateway-sockets.ts';
import { type ClientSettings, clientSettings, dynamoClient } from './clients.ts';
import { dynamoConnections } from './dynamo-connections.ts';
import { dynamoStreamLog } from './dynamo-stream-log.ts';
import { dynamoWatches } from './dynamo-watches.ts';
import { required } from './required.ts';
import { roleCredentials } from './role-credentials.ts';

/** What the Lambdas of the stream stand on, from their environment. Call once per container. */
export function streamPorts(env: NodeJS.ProcessEnv = process.env) {
  const settings = lazy(() => clientSettings(env));
  const dynamo = lazy(() => dynamoClient(settings()));
  const table = (): string => required(env, ENV.streamsTable);
  return {
    log: lazy(() => dynamoStreamLog(dynamo(), table())),
    connections: lazy(() => dynamoConnections(dynamo(), table())),
    watches: lazy(() => dynamoWatches(dynamo(), table(), systemClock)),
    sockets: lazy(() => {
      const base = callbackUrl(settings(), required(env, ENV.streamApi));
      return apiGatewaySockets(settings(), base, () => roleCredentials(env));
    }),
  };
}

/** Where frames to clients go. @param api `<id>/<stage>` */
export function callbackUrl({ region, endpoint }: ClientSettings, api: string): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/$/, '')}/_aws/execute-api/${api}`;
  const [id, stage] = api.split('/');
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${id}.execute-api.${region}.${domain}/${stage}`;
}
