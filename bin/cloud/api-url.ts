import type { Target } from './target.ts';

/** Where the HTTP API of a deployment answers; undefined when the deployment is older than the API. */
export function apiUrlOf({ outputs, settings }: Pick<Target, 'outputs' | 'settings'>): string | undefined {
  const { ApiId: id, ApiUrl: url } = outputs;
  if (id === undefined) return undefined;
  // The emulator answers for all of them under one address.
  if (settings.endpoint !== undefined) return `${under(settings.endpoint)}/${id}/$default`;
  return url;
}

/** Where the WebSocket API of a deployment answers; undefined when the deployment is older than it. */
export function streamUrlOf({ outputs, settings }: Pick<Target, 'outputs' | 'settings'>): string | undefined {
  const { StreamApi: name, StreamUrl: url } = outputs;
  if (name === undefined) return undefined;
  if (settings.endpoint !== undefined) return `${under(settings.endpoint).replace(/^http/, 'ws')}/${name}`;
  return url;
}

const under = (endpoint: string): string => `${endpoint.replace(/\/$/, '')}/_aws/execute-api`;
